import { expect, test } from 'vitest';
import { NOTHING_KNOWN, explainDiff } from '../explain/explain.ts';
import { explanationOf } from '../explain/group.ts';
import { difference } from '../testing/explain/difference.ts';
import { entryOf, textEntry } from '../testing/explain/entry.ts';
import type { EntryDiff } from '../compare/types.ts';
import { outlook } from './explain-text.ts';

const said = (...entries: EntryDiff[]): string =>
  outlook(explanationOf(explainDiff(difference(entries), NOTHING_KNOWN)));

test('equal images are promised only where every cause is certain', () => {
  const time = entryOf('etc/x', { mtime: ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] });
  const date = textEntry('etc/y', 'built 2026-01-01\n', 'built 2026-01-02\n');
  expect(said(time)).toBe('after this fix the images should be equal');
  expect(said(time, date)).toMatch(/^1 of 2 causes are likely, not certain: build again with these 2 fixes /);
  expect(said(time, textEntry('etc/z', 'red\n', 'blue\n'))).toMatch(/^1 not explained: /);
});
