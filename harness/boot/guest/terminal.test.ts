import { expect, test } from 'vitest';
import { shownText } from './terminal.ts';

const ESC = '\u001b';

test.each([
  // As recorded from guests with systemd 252 and 262.
  ['reverse index', `${ESC}M[FAILED] Failed`, '[FAILED] Failed'],
  ['colours', `[${ESC}[0;1;31mFAILED${ESC}[0m] Failed`, '[FAILED] Failed'],
  ['OSC 3008 that ends with ST', `${ESC}]3008;start=0a;type=boot${ESC}\\[FAILED] Failed`, '[FAILED] Failed'],
  ['OSC that ends with BEL', `${ESC}]0;root@host\u0007[FAILED] Failed`, '[FAILED] Failed'],
  ['XTGETTCAP, a DCS', `${ESC}P+q544E${ESC}\\[FAILED] Failed`, '[FAILED] Failed'],
  ['saved and restored cursors', `${ESC}7${ESC}8[FAILED]${ESC}= Failed`, '[FAILED] Failed'],
  ['sets of characters', `${ESC}(B${ESC}%G[FAILED] Failed`, '[FAILED] Failed'],
  ['single bytes for two', '\u009b31m[FAILED]\u0085 Failed', '[FAILED] Failed'],
])('%s are not shown', (_what, text, shown) => {
  expect(shownText(text)).toBe(shown);
});

test('a string without an end hides nothing', () => {
  expect(shownText(`${ESC}]3008;sta\n[ 3.1] Kernel panic${ESC}\\`)).toContain('[ 3.1] Kernel panic');
  expect(shownText(`${ESC}]3008;[ 3.1] Kernel panic - not syncing`)).toContain('Kernel panic - not syncing');
});
