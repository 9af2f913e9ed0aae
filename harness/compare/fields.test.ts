import { describe, expect, it } from 'vitest';
import { tar, type TestDialect, type TestEntry } from '../oci/tar/test-tar.ts';
import { base, changed, compare, layered, named, swapped } from './test-compare.ts';

const all: TestDialect[] = ['v7', 'ustar', 'gnu', 'pax'];
const fields: [
  what: string,
  dialects: TestDialect[],
  entries: TestEntry[],
  expected: string[],
  rung: string,
][] = [
  [
    'content of equal size and time',
    all,
    changed('etc/other', { content: 'hallo' }),
    ['etc/other: content'],
    'none',
  ],
  ['mode', all, changed('etc/other', { mode: 0o600 }), ['etc/other: mode'], 'none'],
  ['setuid', all, changed('etc/other', { mode: 0o4644 }), ['etc/other: mode'], 'none'],
  ['uid', all, changed('etc/other', { uid: 1 }), ['etc/other: uid'], 'none'],
  ['a uid beyond octal', ['gnu', 'pax'], changed('etc/other', { uid: 2 ** 31 }), ['etc/other: uid'], 'none'],
  ['gid', all, changed('etc/other', { gid: 1 }), ['etc/other: gid'], 'none'],
  ['mtime', all, changed('etc/other', { mtime: '1700000001' }), ['etc/other: mtime'], 'tree-no-times'],
  [
    'sub-second mtime',
    ['pax'],
    changed('etc/other', { mtime: '1700000000.5' }),
    ['etc/other: mtime'],
    'tree-no-times',
  ],
  [
    'one nanosecond',
    ['pax'],
    changed('etc/other', { mtime: '1700000000.000000001' }),
    ['etc/other: mtime'],
    'tree-no-times',
  ],
  ['mtime of a directory', all, changed('etc/', { mtime: '5' }), ['etc: mtime'], 'tree-no-times'],
  [
    'value of an attribute',
    ['pax'],
    changed('etc/last', { xattrs: { 'user.a': 'two' } }),
    ['etc/last: xattrs'],
    'none',
  ],
  [
    'a capability',
    ['pax'],
    changed('etc/other', { xattrs: { 'security.capability': '\x01\0\0\x02\0\x20\0\xff' } }),
    ['etc/other: xattrs'],
    'none',
  ],
  ['target of a symbolic link', all, changed('etc/link', { linkname: 'x' }), ['etc/link: linkname'], 'none'],
  [
    'target of a hard link',
    all,
    changed('etc/hard', { linkname: 'etc/other' }),
    ['etc/hard: linkname'],
    'none',
  ],
  ['minor number', ['ustar', 'gnu', 'pax'], changed('etc/sda', { minor: 1 }), ['etc/sda: device'], 'none'],
  ['major number', ['ustar', 'gnu', 'pax'], changed('etc/sda', { major: 9 }), ['etc/sda: device'], 'none'],
  ['block to character device', all, changed('etc/sda', { type: 'chardev' }), ['etc/sda: type'], 'none'],
  ['file to fifo', all, changed('etc/empty', { type: 'fifo' }), ['etc/empty: type'], 'none'],
  [
    'hard link to file',
    all,
    changed('etc/hard', { type: 'file', linkname: '', content: 'hello' }),
    ['etc/hard: type'],
    'none',
  ],
  ['size', all, changed('etc/other', { content: 'hello!' }), ['etc/other: content size'], 'none'],
  ['owner name', ['ustar', 'gnu', 'pax'], changed('etc/other', { uname: 'x' }), ['etc/other: uname'], 'tree'],
  ['group name', ['ustar', 'gnu', 'pax'], changed('etc/other', { gname: 'x' }), ['etc/other: gname'], 'tree'],
  ['access time', ['gnu', 'pax'], changed('etc/other', { atime: '77' }), ['etc/other: atime'], 'tree'],
  ['added', all, [...base, { name: 'etc/new' }], ['etc/new: added'], 'none'],
  ['removed', all, base.filter(({ name }) => name !== 'etc/other'), ['etc/other: removed'], 'none'],
  ['mode bits without meaning', all, changed('etc/other', { mode: 0o100644 }), ['etc/other: header'], 'tree'],
  [
    'an entry twice',
    all,
    [...base, { name: 'etc/last', content: 'z', mtime: '1700000000', xattrs: { 'user.a': 'one' } }],
    ['etc/last: added'],
    'tree',
  ],
  [
    'order',
    all,
    [...base.filter(({ name }) => name !== 'etc/empty'), ...base.filter(({ name }) => name === 'etc/empty')],
    ['etc/empty: order'],
    'tree',
  ],
];

describe('each single change is named by exactly its field', () => {
  for (const [what, dialects, entries, expected, rung] of fields) {
    it.each(dialects)(`${what} in %s`, async (dialect) => {
      const result = await compare({ layers: [tar(base, dialect)] }, { layers: [tar(entries, dialect)] });
      expect(named(result)).toEqual(expected);
      expect(result.rung).toBe(rung);
      expect(result.identical).toBe(false);
    });
  }

  it.each(all)('the dialect, from %s', async (dialect) => {
    const plain: TestEntry[] = [{ name: 'a', content: 'x' }];
    for (const other of all) {
      const result = await compare({ layers: [tar(plain, dialect)] }, { layers: [tar(plain, other)] });
      expect(named(result)).toEqual(dialect === other ? [] : ['a: dialect']);
      expect(result.rung).toBe(dialect === other ? 'manifest' : 'tree');
    }
  });

  it('several fields of one entry, all of them', async () => {
    const result = await compare(
      layered(base),
      layered(
        changed('etc/other', {
          content: 'x',
          mode: 0,
          uid: 1,
          gid: 2,
          mtime: '3.25',
          xattrs: { 'user.x': 'y' },
        }),
      ),
    );
    expect(named(result)).toEqual(['etc/other: content mode uid gid size mtime xattrs']);
    expect(result.entries[0]?.b).toEqual({
      type: 'file',
      mode: '0000',
      uid: 1,
      gid: 2,
      size: 1,
      mtime: '1970-01-01T00:00:03.25Z',
      sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
      xattrs: { 'user.x': 'y' },
    });
  });

  it('which name of a hard link came first', async () => {
    const one = layered([
      { name: 'a', content: 'x' },
      { name: 'b', type: 'hardlink', linkname: 'a' },
    ]);
    const other = layered([
      { name: 'b', content: 'x' },
      { name: 'a', type: 'hardlink', linkname: 'b' },
    ]);
    const result = await compare(one, other);
    expect(result.rung).toBe('tree');
    expect(named(result)).toEqual(['a: order', 'b: order']);
  });

  it('what follows the last entry', async () => {
    const one = tar(base);
    const result = await compare({ layers: [one] }, { layers: [Buffer.concat([one, Buffer.alloc(512)])] });
    expect(named(result)).toEqual([': trailer']);
    expect(result.rung).toBe('tree');
  });

  it('nothing else when two entries swap places', async () => {
    const result = await compare(layered(base), layered(swapped));
    expect(result.rung).toBe('tree');
    expect(new Set(result.entries.flatMap((entry) => entry.fields))).toEqual(new Set(['order']));
  });
});
