import { expect, test } from 'vitest';
import { KARGS_FOLDER, bootcArguments } from './kargs.ts';

const files = (content: Record<string, string>): Map<string, Uint8Array> =>
  new Map(
    Object.entries(content).map(([name, text]) => [`usr/lib/bootc/kargs.d/${name}`, Buffer.from(text)]),
  );

test('arguments come in the order of the names of their files', () => {
  const both = files({
    '20-b.toml': 'kargs = ["stranger.release=2"]\n',
    '10-a.toml': "kargs = ['mitigations=auto,nosmt']",
  });
  expect(bootcArguments(both)).toEqual(['mitigations=auto,nosmt', 'stranger.release=2']);
  expect(bootcArguments(new Map())).toEqual([]);
});

test('a file for other machines adds nothing', () => {
  const text = (machine: string): string =>
    `match-architectures = ["${machine}"]\nkargs = ["console=ttyS0"]\n`;
  expect(bootcArguments(files({ a: text('aarch64') }))).toEqual([]);
  expect(bootcArguments(files({ a: text('x86_64') }))).toEqual(['console=ttyS0']);
});

test('comments, lines and commas are as TOML has them', () => {
  const text = `# For the console
kargs = [ # those of all machines
  "console=tty0", # the screen
  "x=\\"a b\\"",
  # 'no argument',
  'y=#1',
]
# the end`;
  expect(bootcArguments(files({ a: text }))).toEqual(['console=tty0', 'x="a b"', 'y=#1']);
});

test.each([
  ['no list', 'kargs = "quiet"'],
  ['a table', '[install]\nkargs = ["quiet"]'],
  ['a key that bootc does not know', 'kargs = ["quiet"]\ndelete = ["rhgb"]'],
  ['a key twice', 'kargs = ["quiet"]\nkargs = ["rhgb"]'],
  ['strings without a comma', 'kargs = ["quiet" "rhgb"]'],
  ['nothing', ''],
])('what has %s is not guessed at', (_what, text) => {
  expect(() => bootcArguments(files({ a: text }))).toThrow(
    expect.objectContaining({ code: 'unsupported', where: 'usr/lib/bootc/kargs.d/a' }) as Error,
  );
});

test('only files in that folder are meant', () => {
  expect(KARGS_FOLDER.test('usr/lib/bootc/kargs.d/10-a.toml')).toBe(true);
  expect(KARGS_FOLDER.test('usr/lib/bootc/kargs.d/README')).toBe(false);
  expect(KARGS_FOLDER.test('usr/lib/bootc/install/10-a.toml')).toBe(false);
});
