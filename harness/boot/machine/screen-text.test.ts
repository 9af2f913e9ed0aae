import fc from 'fast-check';
import { expect, test } from 'vitest';
import { screenFont, screenText } from './screen-text.ts';

const font = await screenFont();
const GREY = [0xaa, 0xaa, 0xaa];
const RED = [0xff, 0x55, 0x55];

/** Draws lines as a screen of 80 columns shows them, in a colour on black. */
function draw(lines: string[], { width = 720, colour = GREY } = {}): Buffer {
  const height = 25 * 16;
  const dots = Buffer.alloc(width * height * 3);
  const step = width / 80;
  lines.forEach((line, row) => {
    line.split('').forEach((letter, column) => {
      const rows = font?.[letter.charCodeAt(0) - 0x20] ?? Buffer.alloc(16);
      rows.forEach((bits, y) => {
        for (let x = 0; x < 8; x += 1)
          if (((bits << x) & 0x80) !== 0) dots.set(colour, ((row * 16 + y) * width + column * step + x) * 3);
      });
    });
  });
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), dots]);
}

const LINES = [
  '[ TIME ] Timed out waiting for device dev-gpt\\x2dauto\\x2droot.device.',
  '',
  'You are in emergency mode. After logging in, type "journalctl -xb" to view',
];

test('this machine has the font', () => {
  expect(font).toHaveLength(95);
});

test.each([
  ['text mode', { width: 720 }],
  ['a framebuffer', { width: 640 }],
  ['another colour', { colour: RED }],
])('a screen is read: %s', (_what, how) => {
  expect(screenText(draw(LINES, how), font ?? []).trimEnd()).toBe(LINES.join('\n'));
});

test('every letter is told from all others, with a dot that is another one, too', () => {
  const letters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).join('');
  const all = draw([letters.slice(0, 60), letters.slice(60)]);
  expect(
    screenText(all, font ?? [])
      .split('\n')
      .slice(0, 2),
  ).toEqual([letters.slice(0, 60), letters.slice(60)]);
});

test('a line that is longer than the screen is one line', () => {
  const long = `[    4.468951] ---[ end Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0) ]---`;
  const text = screenText(draw([long.slice(0, 80), long.slice(80), 'next']), font ?? []);
  expect(text).toBe(`${long}\nnext\n`);
});

test('what is no picture is no text', () => {
  for (const head of ['P6\n99999 99999\n255\n', 'P6\n640 480\n255\n', 'P5\n1 1\n255\n', ''])
    expect(screenText(Buffer.from(head), font ?? [])).toBe('');
});

test('any picture ends in an answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 48 * 32 * 3, maxLength: 48 * 32 * 3 }), (dots) => {
      const text = screenText(Buffer.concat([Buffer.from('P6\n48 32\n255\n'), dots]), font ?? []);
      expect(text).toMatch(/^[ -~\n]*$/);
    }),
  );
});
