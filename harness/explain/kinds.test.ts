import { describe, expect, it, test } from 'vitest';
import type { EntryDiff } from '../compare/types.ts';
import { difference } from '../testing/explain/difference.ts';
import { entryOf, inside, insideEntry, textEntry } from '../testing/explain/entry.ts';
import { NOTHING_KNOWN, explainDiff } from './explain.ts';
import { certainCauses } from './group.ts';

/** Causes of each entry, of two images alone. */
const causes = (...entries: EntryDiff[]): string[][] =>
  explainDiff(difference(entries), NOTHING_KNOWN).entries.map((entry) => certainCauses(entry.causes));
const line = (path: string, a: string, b: string): EntryDiff => textEntry(path, `${a}\n`, `${b}\n`);
const BUILT: [string, string] = ['/build/pkg', '/home/user/project-2/src'];

describe('what tools write into text', () => {
  const [one, other] = BUILT;
  it.each([
    [
      'exported targets',
      'usr/lib/cmake/X/XTargets.cmake',
      `LOC "${one}/b/x.a"`,
      `LOC "${other}/b/x.a"`,
      'build-path',
    ],
    ['a .pc file', 'usr/lib/pkgconfig/x.pc', `prefix=${one}/inst`, `prefix=${other}/inst`, 'build-path'],
    [
      'the source of what pip installed',
      'usr/lib/x.dist-info/direct_url.json',
      `{"dir_info": {}, "url": "file://${one}"}`,
      `{"dir_info": {}, "url": "file://${other}"}`,
      'build-path',
    ],
    ['folders of one home', 'etc/x', '/home/x/a/m.rs', '/home/x/b/m.rs', 'unknown'],
    ['two files', 'etc/x', `${one}/a.c`, `${other}/b.c`, 'unknown'],
    ['a name of an object', 'srv/x.dot', 'n140204434483920', 'n140221220301904', 'address-space'],
    ['a large number', 'srv/x.dot', 'n240204434483920', 'n240221220301904', 'unknown'],
    [
      'who built it',
      'usr/include/x.h',
      '#define BUILD_USER "root"',
      '#define BUILD_USER "builder"',
      'username',
    ],
    [
      'settings with a random number',
      'etc/x.yml',
      'id: 741ce1a9-61ed-4c18-b722-46e647cba68d',
      'id: 410d635f-6e31-44e2-ad96-26294e015d89',
      'randomness',
    ],
    [
      'the same in a source',
      'usr/src/x.yml',
      'id: 741ce1a9-61ed-4c18-b722-46e647cba68d',
      'id: 410d635f-6e31-44e2-ad96-26294e015d89',
      'unknown',
    ],
    [
      'one moment in two languages',
      'etc/x',
      'Sun Sep  9 13:46:40 UTC 2001',
      'Sun Sep  9 01:46:40 PM UTC 2001',
      'locale',
    ],
    [
      'a manual page of another month',
      'usr/share/man/man1/x.1',
      '.TH X "1" "November 2026" "x 1.0" "User Commands"',
      '.TH X "1" "January 2027" "x 1.0" "User Commands"',
      'unknown',
    ],
    [
      'a page that is named by a digest',
      'usr/share/doc/x.html',
      'href="dir_4fef79e7177ba769987a8da36c892c5f.html"',
      'href="dir_43e0a1f539e00dcfa1a6bc4d4fee4fc2.html"',
      'unknown',
    ],
  ])('%s', (_name, ...[path, a, b, expected]) => {
    expect(causes(line(path, a, b))).toEqual([[expected]]);
  });

  it('a day of the week belongs to its date', () => {
    const page = line('srv/x.html', 'on Sun Nov 29 2026 19:52:01 for', 'on Fri Jan 8 2027 19:52:02 for');
    expect(causes(page)).toEqual([['timestamp-content']]);
  });
});

describe('debugging information', () => {
  const strings = inside('strings', { part: 'content', diff: `@@ -1 +1 @@\n-${BUILT[0]}\n+${BUILT[1]}\n` });
  const bytes = inside('bytes', {
    part: 'content',
    windows: [{ offset: 16, a: '0e0d', b: '0e1d' }],
    differing: 900,
  });
  const section = (part: string, child: typeof bytes) => inside('elf-section', { part, children: [child] });
  const id = { field: 'build-id', offset: 568, a: 'aa'.repeat(20), b: 'bb'.repeat(20) };
  const debug = inside('elf', {
    fields: [id],
    children: [section('.debug_line_str', strings), section('.debug_line', bytes)],
  });

  it('has the folder by itself, and what moves with it, also in a library', () => {
    expect(causes(insideEntry('usr/bin/x', debug))).toEqual([['build-path', 'build-id']]);
    const object = {
      ...debug,
      part: 'm.o',
      fields: [],
      children: [...debug.children, section('.rela.debug_line', bytes)],
    };
    expect(causes(insideEntry('usr/lib/x.a', inside('ar', { children: [object] })))).toEqual([
      ['build-path'],
    ]);
    const code = { ...debug, children: [section('.debug_line_str', strings), section('.text', bytes)] };
    expect(causes(insideEntry('usr/bin/x', code))).toEqual([['unknown']]);
  });

  it('was stripped from a program that has the same build-id, and whose cause is then the same', () => {
    const stripped = insideEntry('usr/bin/x', inside('elf', { fields: [id] }));
    expect(causes(stripped, insideEntry('usr/lib/debug/x.debug', debug))).toEqual([
      ['build-path', 'build-id'],
      ['build-path', 'build-id'],
    ]);
    const another = { ...debug, fields: [{ ...id, a: 'cc'.repeat(20) }] };
    expect(causes(stripped, insideEntry('usr/lib/debug/x.debug', another))[0]).toEqual(['build-id']);
  });
});

test('a text behind its length is read as text', () => {
  const hex = (path: string): string =>
    Buffer.concat([
      Buffer.from('0000287740', 'hex'),
      Buffer.from([path.length]),
      Buffer.from(`${path}\0ab`),
    ]).toString('hex');
  const windows = [{ offset: 16, a: hex(`${BUILT[0]}/m.lua`), b: hex(`${BUILT[1]}/m.lua`) }];
  expect(causes(insideEntry('srv/m.luac', inside('bytes', { windows, differing: 30 })))).toEqual([
    ['build-path'],
  ]);
});

test('a path in compiled Python stays, however the time of its source is kept', () => {
  const code = (a: string, b: string) =>
    inside('strings', { part: 'code', diff: `@@ -1 +1 @@\n-${a}\n+${b}\n` });
  const compiled = (a: string, b: string): EntryDiff =>
    insideEntry('usr/lib/m.pyc', inside('pyc', { children: [code(a, b)] }));
  expect(causes(compiled(`${BUILT[0]}/m.py`, `${BUILT[1]}/m.py`))).toEqual([['build-path']]);
  expect(causes(compiled('alpha', 'beta'))).toEqual([['python-bytecode']]);
});

test('keys of GnuPG are identities, whatever they are named', () => {
  const key: EntryDiff = {
    ...entryOf('root/.gnupg/private-keys-v1.d/86A4F0.key', {}),
    change: 'added',
    a: null,
  };
  expect(causes(key)).toEqual([['identity-file']]);
});
