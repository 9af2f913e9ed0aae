import { describe, expect, it } from 'vitest';
import { END, extension, paxRecord, tar, tarEntry, type TestEntry } from '../testing/oci/tar/tar.ts';
import { compare, layered, named } from '../testing/compare/compare.ts';

/** What engines make of two images, told apart from what other programs for tar read. */

const file = (name: string, more: Partial<TestEntry> = {}): TestEntry => ({ name, content: 'x', ...more });
const dir = (name: string, more: Partial<TestEntry> = {}): TestEntry => ({
  name,
  type: 'dir',
  mode: 0o755,
  ...more,
});
const link = (name: string, linkname: string, more: Partial<TestEntry> = {}): TestEntry => ({
  name,
  type: 'hardlink',
  linkname,
  ...more,
});
const symlink = (name: string, linkname: string): TestEntry => ({ name, type: 'symlink', linkname });

const records = (list: readonly [string, string][]): Buffer =>
  Buffer.concat(list.map(([key, value]) => paxRecord(key, Buffer.from(value, 'latin1'))));

describe('images that unpack differently are not equal at tree', () => {
  const capability = '\x01\0\0\x02\0\x20';
  const lower = [dir('usr/'), dir('usr/bin/'), symlink('bin', 'usr/bin')];
  const old = [dir('d/'), file('d/old')];
  it.each<[what: string, a: TestEntry[][], b: TestEntry[][], said: string[]]>([
    [
      'the attributes that the last hard link sets',
      [[file('f'), link('g', 'f', { mode: 0o600 }), link('h', 'f')]],
      [[file('f'), link('h', 'f'), link('g', 'f', { mode: 0o600 })]],
      ['f: mode', 'g: mode order', 'h: mode'],
    ],
    [
      'a capability that a hard link takes away',
      [[file('f', { xattrs: { 'security.capability': capability } })]],
      [
        [
          file('f', { xattrs: { 'security.capability': capability } }),
          link('.l', 'f', { xattrs: { 'security.capability': capability } }),
          link('.l2', 'f'),
        ],
        [file('.wh..l'), file('.wh..l2')],
      ],
      ['f: xattrs'],
    ],
    [
      'attributes of a directory that stands there twice',
      [[dir('d/', { xattrs: { 'user.a': '1' } }), dir('d/')]],
      [[dir('d/')]],
      ['d: removed', 'd: xattrs'],
    ],
    [
      'attributes of a root that stands there twice',
      [[dir('./', { xattrs: { 'user.a': '1' } }), dir('./')]],
      [[dir('./')]],
      ['.: removed', '.: xattrs'],
    ],
    [
      'attributes of which hard links set some anew',
      [
        [
          file('f', { xattrs: { 'user.a': '1', 'user.b': '1' } }),
          link('g', 'f', { xattrs: { 'user.a': '2' } }),
          link('h', 'f'),
        ],
      ],
      [
        [
          file('f', { xattrs: { 'user.a': '1' } }),
          link('g', 'f', { xattrs: { 'user.a': '2' } }),
          link('h', 'f'),
        ],
      ],
      ['f: xattrs', 'g: xattrs', 'h: xattrs'],
    ],
    [
      'attributes that hard links set besides a capability',
      [
        [
          file('f', { xattrs: { 'security.capability': capability, 'user.a': '1' } }),
          link('g', 'f'),
          link('h', 'f'),
        ],
      ],
      [[file('f'), link('g', 'f'), link('h', 'f')]],
      ['f: xattrs', 'g: xattrs', 'h: xattrs'],
    ],
    [
      'a symbolic link of a lower layer on the way',
      [lower, [file('bin/x')]],
      [lower, [file('usr/bin/x')]],
      ['bin: added', 'bin/x: removed', 'usr/bin/x: added'],
    ],
    [
      'a directory that takes the place of a whiteout',
      [old, [file('.wh.d'), dir('d/')]],
      [old, [file('d/.wh..wh..opq'), dir('d/')]],
      ['.wh.d: removed', 'd/.wh..wh..opq: added', 'd/old: removed'],
    ],
  ])('%s', async (_, a, b, said) => {
    const result = await compare(layered(...a), layered(...b));
    expect(result.rung).toBe('none');
    expect(named(result)).toEqual(said);
  });

  it.each([
    ['a mode of a global header', 'SCHILY.xattr.user.a', { xattrs: { 'user.a': '5' } }],
    ['an owner', 'uid', { uid: 5 }],
    ['a time', 'mtime', { mtime: '5' }],
  ])('%s is not of the entries behind it', async (_, key, own) => {
    const global = Buffer.concat([
      extension('g', records([[key, '5']]), 'pax'),
      tarEntry({ name: 'a' }, 'pax'),
      END,
    ]);
    const result = await compare({ layers: [global] }, layered([{ name: 'a', ...own }]));
    expect(result.rungs.tree).toBe(false);
    const bare = await compare({ layers: [global] }, layered([{ name: 'a' }]));
    expect(bare.rung).toBe('tree');
    expect(named(bare)).toEqual(['a: header']);
  });

  it("attributes in libarchive's form alone are none", async () => {
    const entry = (key: string, value: string): Buffer =>
      Buffer.concat([extension('x', records([[key, value]]), 'pax'), tarEntry({ name: 'a' }, 'ustar'), END]);
    const encoded = entry('LIBARCHIVE.xattr.user.a', 'MQ==');
    const raw = entry('SCHILY.xattr.user.a', '1');
    expect((await compare({ layers: [encoded] }, { layers: [raw] })).rungs.tree).toBe(false);
    const other = entry('LIBARCHIVE.xattr.user.a', 'Mg==');
    const result = await compare({ layers: [encoded] }, { layers: [other] });
    expect([result.rung, ...named(result)]).toEqual(['tree', 'a: header']);
  });
});

describe('images that unpack alike are equal at tree', () => {
  it.each<[what: string, a: TestEntry[], b: TestEntry[], said: string[]]>([
    [
      'the mode of a symbolic link',
      [{ ...symlink('a', 'b'), mode: 0o777 }],
      [{ ...symlink('a', 'b'), mode: 0o644 }],
      ['a: header'],
    ],
    [
      'attributes that a hard link sets anew',
      [file('f', { mode: 0o600, uid: 3 }), link('g', 'f')],
      [file('f'), link('g', 'f')],
      ['f: header'],
    ],
    ['a way with ..', [file('b')], [file('a/../b')], ['b: header']],
  ])('%s', async (_, a, b, said) => {
    const result = await compare(layered(a), layered(b));
    expect([result.rung, ...named(result)]).toEqual(['tree', ...said]);
  });
});

describe('what engines do not unpack', () => {
  it.each(['7', 'S'])('is refused: type %s', async (flag) => {
    const layer = tar([file('a')], 'gnu');
    const refused = tar([file('a', { flag, content: '' })], 'gnu');
    await expect(compare({ layers: [layer] }, { layers: [refused] })).rejects.toMatchObject({
      code: 'unsupported',
      message: `an entry of type "${flag}", which engines do not unpack`,
    });
  });
});
