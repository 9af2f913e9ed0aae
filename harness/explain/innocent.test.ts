import { describe, expect, it, test } from 'vitest';
import type { EntryDiff } from '../compare/types.ts';
import { difference } from '../testing/explain/difference.ts';
import { contextOf, entryOf, inside, insideEntry, textEntry, reported } from '../testing/explain/entry.ts';
import { explainEntry } from './explain-entry.ts';
import { NOTHING_KNOWN, explainDiff } from './explain.ts';
import { certainCauses } from './group.ts';

const certain = (entry: EntryDiff, recipe = ''): string[] =>
  certainCauses(explainEntry(entry, recipe === '' ? NOTHING_KNOWN : contextOf(recipe)));
const line = (path: string, a: string, b: string): EntryDiff =>
  textEntry(path, `one\n${a}\nthree\n`, `one\n${b}\nthree\n`);

describe('a line of a file that people write', () => {
  it.each([
    ['src/pool.c', 'threads = 4', 'threads = 8'],
    [
      'src/uuid.c',
      '#define ID "a81f8f21-3c8e-4b29-9a3b-000000000001"',
      '#define ID "b2222221-3c8e-4b29-9a3b-000000000001"',
    ],
    ['lib/i18n.py', 'lang = "en_US"', 'lang = "de_DE"'],
    ['README.md', 'Requires Linux 4.18', 'Requires Linux 5.4'],
    ['docs/index.rst', 'Last updated: 2024-01-01', 'Last updated: 2024-02-02'],
    ['CHANGES', 'release 1.2.3 (2024-05-01)', 'release 1.2.4 (2024-06-11)'],
    ['lib/url.js', 'return url.hostname', 'return url.pathname'],
    ['ci.yml', 'user: nobody', 'user: daemon'],
    ['src/x.c', '$Id: x.c,v 1.2 2024/01/01 10:00:00 joe $', '$Id: x.c,v 1.3 2024/02/01 11:00:00 jim $'],
    ['lib/a.py', 'import b, a, c', 'import a, b, c'],
    [
      'lib/a.py',
      'x: None | tuple[str, int, str] | str | Repr = None',
      'x: tuple[str, int, str] | str | Repr | None = None',
    ],
    ['lib/a.py', 'sleep took 5 s', 'sleep took 6 s'],
  ])('%s: %s → %s is rather changed by somebody', (path, a, b) => {
    expect(certain(line(path, a, b))).toEqual(['unknown']);
  });

  it.each([
    ['src/config.h', '#define STAMP "2024-01-01"', '#define STAMP "2024-02-02"', 'timestamp-content'],
    ['lib/version.py', 'BUILD_DATE = "2024-01-01"', 'BUILD_DATE = "2024-02-02"', 'timestamp-content'],
    ['lib/info.js', 'at("2024-01-01T10:00:01Z")', 'at("2024-01-01T10:00:03Z")', 'timestamp-content'],
    ['docs/a.rst', 'built on ba9876543210', 'built on 0123456789ab', 'hostname'],
    ['lib/x.py', 'PREFIX = "/build/one/x"', 'PREFIX = "/build/two/x"', 'build-path'],
  ])('%s: %s → %s was written by a build', (path, a, b, id) => {
    expect(certain(line(path, a, b))).toContain(id);
  });

  it('was written by the instruction that names the file', () => {
    const entry = line('srv/pool.py', 'threads = 4', 'threads = 8');
    expect(certain(entry, 'RUN nproc > /srv/pool.py')).toEqual(['cpu']);
    expect(certain(entry, 'RUN nproc > /srv/other.py')).toEqual(['unknown']);
  });

  it('order: hashes move most lines, people few', () => {
    const items = Array.from({ length: 12 }, (_, at) => `  item${at * 7},\n`);
    const shuffled = items.map((_, at) => items[(at * 5 + 3) % 12] ?? '');
    const moved = [...items.slice(1, 9), items[0] ?? '', ...items.slice(9)];
    expect(certain(textEntry('lib/table.py', items.join(''), shuffled.join('')))).toEqual(['hash-order']);
    expect(certain(textEntry('lib/table.py', items.join(''), moved.join('')))).toEqual(['unknown']);
  });
});

test('a guess that accounts for less than what is left is what could be besides', () => {
  const edit = (more: string): EntryDiff =>
    textEntry('etc/x', 'date 2024-01-01\nkept\n', `date 2024-02-02\nkept\n${more}`);
  expect(reported(edit('new\n'))).toEqual(['timestamp-content likely', 'unknown likely']);
  const causes = explainEntry(edit('a whole paragraph\nthat somebody wrote\n'), NOTHING_KNOWN);
  expect(causes.map(({ id, alternative }) => [id, alternative])).toEqual([
    ['unknown', undefined],
    ['timestamp-content', true],
  ]);
});

test('a build-id follows from what else differs in a program, whether that is known or not', () => {
  const id = { field: 'build-id', offset: 568, a: 'aa'.repeat(20), b: 'bb'.repeat(20) };
  const code = inside('bytes', {
    part: '.text',
    windows: [{ offset: 0, a: '00ff', b: '01fe' }],
    differing: 9000,
  });
  const date = inside('text', { part: '.rodata', diff: '@@ -1 +1 @@\n-Nov 24 2026\n+Nov 25 2026\n' });
  const program = (...children: (typeof code)[]): EntryDiff =>
    insideEntry('usr/bin/x', inside('elf', { fields: [id], children }));
  expect(certain(program(code))).toEqual(['unknown']);
  expect(certain(program(code, date))).toEqual(['unknown']);
  expect(certain(program(date))).toEqual(['timestamp-content', 'build-id']);
  expect(certain(program())).toEqual(['build-id']);
});

test('a tool of another version at its place is no folder that it was built in', () => {
  const program = (a: string, b: string): EntryDiff =>
    insideEntry('usr/lib/x.so', inside('text', { part: '.debug_line', diff: `@@ -1 +1 @@\n-${a}\n+${b}\n` }));
  expect(certain(program('/opt/python-3.11.2/include', '/opt/python-3.11.3/include'))).toEqual(['unknown']);
  expect(certain(program('/build/1/x-2.0/a.c', '/build/22/x-2.0/a.c'))).toEqual(['build-path']);
});

test('the identity of a file system does not swallow what is in its files', () => {
  const uuid = { field: 'uuid', offset: 1128, a: 'a', b: 'b' };
  const bytes = { windows: [{ offset: 24_560, a: '68656c6c6f', b: '6a656c6c6f' }], differing: 1 };
  const image = (more: object): EntryDiff =>
    insideEntry('srv/x.img', inside('ext', { fields: [uuid], ...more }));
  expect(reported(image({}))).toEqual(['filesystem-identity exact']);
  expect(reported(image(bytes))).toEqual(['filesystem-identity likely', 'unknown likely']);
});

test('a bundle of authorities is no key that a build made', () => {
  const field = (number: number) => ({
    field: `certificate ${number} serial`,
    offset: null,
    a: '01',
    b: '02',
  });
  const bundle = (count: number): EntryDiff =>
    insideEntry('etc/ssl/x.pem', inside('pem', { fields: [field(count)] }));
  expect(certain(bundle(2))).toEqual(['identity-file']);
  expect(certain(bundle(130))).toEqual(['unknown']);
});

describe('what lies beside a manifest that names another version', () => {
  const causes = (...entries: EntryDiff[]): string[][] =>
    explainDiff(difference(entries), NOTHING_KNOWN).entries.map((entry) => certainCauses(entry.causes));
  const manifest = (path: string, a: string, b: string): EntryDiff => textEntry(path, `${a}\n`, `${b}\n`);
  const file = (path: string): EntryDiff => textEntry(path, 'built 2024-01-01\n', 'built 2024-02-02\n');

  it.each([
    ['srv/node_modules/x/package.json', '  "version": "1.2.0",', '  "version": "1.3.0",'],
    ['srv/node_modules/x/Cargo.toml', 'version = "1.2.0"', 'version = "1.3.0"'],
    ['srv/node_modules/x/PKG-INFO', 'Version: 1.2', 'Version: 1.3'],
    ['srv/node_modules/x/configure.ac', 'AC_INIT([x], [1.2])', 'AC_INIT([x], [1.3])'],
    ['srv/node_modules/x/CMakeLists.txt', 'project(x VERSION 1.2)', 'project(x VERSION 1.3)'],
  ])('%s', (path, a, b) => {
    expect(
      causes(manifest(path, a, b), file('srv/node_modules/x/lib/b'), file('srv/node_modules/y')),
    ).toEqual([['package-drift'], ['package-drift'], ['timestamp-content']]);
  });

  it('is that of one version where only the clock or the commit made it another', () => {
    const made: [string, string][] = [
      ['1.2.dev20260101', '1.2.dev20260102'],
      ['1.2+g0123abc', '1.2+gfed9876'],
    ];
    for (const [a, b] of made) {
      const [, beside] = causes(
        manifest('srv/x/PKG-INFO', `Version: ${a}`, `Version: ${b}`),
        file('srv/x/b'),
      );
      expect(beside).toEqual(['timestamp-content']);
    }
  });

  it('is told of what Python has installed, by the name of its metadata', () => {
    const only = (path: string, change: 'added' | 'removed'): EntryDiff => ({
      ...entryOf(path, {}),
      change,
      ...(change === 'added' ? { a: null } : { b: null }),
    });
    const [, , inFolder, other] = causes(
      only('lib/site-packages/My_Pack-1.0.dist-info/METADATA', 'removed'),
      only('lib/site-packages/My_Pack-1.1.dist-info/METADATA', 'added'),
      file('lib/site-packages/my_pack/a'),
      file('lib/site-packages/your_pack/a'),
    );
    expect([inFolder, other]).toEqual([['package-drift'], ['timestamp-content']]);
  });
});
