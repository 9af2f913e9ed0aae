import { describe, expect, it } from 'vitest';
import {
  END,
  extension,
  paxRecord,
  tar,
  tarEntry,
  type TestDialect,
  type TestEntry,
} from '../testing/oci/tar/tar.ts';
import { base, changed, compare, layered, named, swapped } from '../testing/compare/compare.ts';
import { FIELDS, type Field } from './types.ts';

const all: TestDialect[] = ['v7', 'ustar', 'star', 'gnu', 'pax'];
const newer: TestDialect[] = ['ustar', 'star', 'gnu', 'pax'];
const extended: TestDialect[] = ['star', 'gnu', 'pax'];

/** Which dialects can express a field at all: each must have a case below that is named by that field alone. */
const EXPRESSED_BY: Record<Field, TestDialect[]> = {
  content: all,
  mode: all,
  uid: all,
  gid: all,
  size: all,
  mtime: all,
  type: all,
  linkname: all,
  device: newer,
  xattrs: ['pax'],
  order: all,
  uname: newer,
  gname: newer,
  atime: extended,
  ctime: extended,
  dialect: all,
  header: all,
  layer: all,
  trailer: all,
};

interface Case {
  what: string;
  dialects: TestDialect[];
  entries: TestEntry[];
  /** Path and fields. */
  named: string;
  rung?: string;
}

const other = (change: Partial<TestEntry>): TestEntry[] => changed('etc/other', change);
/** A change of `etc/other` that makes it differ in that field alone. */
const one = (what: string, dialects: TestDialect[], change: Partial<TestEntry>, field: Field): Case => ({
  what,
  dialects,
  entries: other(change),
  named: `etc/other: ${field}`,
});

const cases: Case[] = [
  one('content of equal size and time', all, { content: 'hallo' }, 'content'),
  one('mode', all, { mode: 0o600 }, 'mode'),
  one('setuid', all, { mode: 0o4644 }, 'mode'),
  one('the sticky bit', all, { mode: 0o1644 }, 'mode'),
  one('uid', all, { uid: 1 }, 'uid'),
  one('a uid beyond octal', extended, { uid: 2 ** 31 }, 'uid'),
  one('gid', all, { gid: 1 }, 'gid'),
  one('a gid beyond octal', extended, { gid: 2 ** 31 }, 'gid'),
  { ...one('mtime', all, { mtime: '1700000001' }, 'mtime'), rung: 'tree-no-times' },
  { ...one('mtime before 1970', extended, { mtime: '-1' }, 'mtime'), rung: 'tree-no-times' },
  { ...one('sub-second mtime', ['pax'], { mtime: '1700000000.5' }, 'mtime'), rung: 'tree-no-times' },
  { ...one('one nanosecond', ['pax'], { mtime: '1700000000.000000001' }, 'mtime'), rung: 'tree-no-times' },
  {
    what: 'mtime of a directory',
    dialects: all,
    entries: changed('etc/', { mtime: '5' }),
    named: 'etc: mtime',
    rung: 'tree-no-times',
  },
  {
    what: 'value of an attribute',
    dialects: ['pax'],
    entries: changed('etc/last', { xattrs: { 'user.a': 'two' } }),
    named: 'etc/last: xattrs',
  },
  {
    what: 'name of an attribute',
    dialects: ['pax'],
    entries: changed('etc/last', { xattrs: { 'user.b': 'one' } }),
    named: 'etc/last: xattrs',
  },
  one('an empty attribute', ['pax'], { xattrs: { 'user.a': '' } }, 'xattrs'),
  one('a capability', ['pax'], { xattrs: { 'security.capability': '\x01\0\0\x02\0\x20\0\xff' } }, 'xattrs'),
  {
    what: 'target of a symbolic link',
    dialects: all,
    entries: changed('etc/link', { linkname: 'x' }),
    named: 'etc/link: linkname',
  },
  {
    what: 'target of a hard link',
    dialects: all,
    entries: changed('etc/hard', { linkname: 'etc/other' }),
    // Making the link sets its mode on what it leads to.
    named: 'etc/hard: linkname\netc/other: mode',
  },
  {
    what: 'minor number',
    dialects: newer,
    entries: changed('etc/sda', { minor: 1 }),
    named: 'etc/sda: device',
  },
  {
    what: 'major number',
    dialects: newer,
    entries: changed('etc/sda', { major: 9 }),
    named: 'etc/sda: device',
  },
  {
    what: 'block to character device',
    dialects: all,
    entries: changed('etc/sda', { type: 'chardev' }),
    named: 'etc/sda: type',
  },
  {
    what: 'file to fifo',
    dialects: all,
    entries: changed('etc/empty', { type: 'fifo' }),
    named: 'etc/empty: type',
  },
  {
    what: 'hard link to file',
    dialects: all,
    entries: changed('etc/hard', { type: 'file', linkname: '', content: 'hello' }),
    named: 'etc/hard: type',
  },
  {
    what: 'size, and so content',
    dialects: all,
    entries: other({ content: 'hello!' }),
    named: 'etc/other: content size',
  },
  { ...one('owner name', newer, { uname: 'x' }, 'uname'), rung: 'tree' },
  { ...one('group name', newer, { gname: 'x' }, 'gname'), rung: 'tree' },
  { ...one('access time', extended, { atime: '77' }, 'atime'), rung: 'tree' },
  { ...one('change time', extended, { ctime: '77' }, 'ctime'), rung: 'tree' },
  { what: 'added', dialects: all, entries: [...base, { name: 'etc/new' }], named: 'etc/new: added' },
  {
    what: 'removed',
    dialects: all,
    entries: base.filter(({ name }) => name !== 'etc/other'),
    named: 'etc/other: removed',
  },
  { ...one('mode bits without meaning', all, { mode: 0o100644 }, 'header'), rung: 'tree' },
  {
    what: 'an entry twice',
    dialects: all,
    entries: [...base, ...base.filter(({ name }) => name === 'etc/last')],
    named: 'etc/last: added',
    rung: 'tree',
  },
  {
    what: 'order',
    dialects: all,
    entries: [
      ...base.filter(({ name }) => name !== 'etc/empty'),
      ...base.filter(({ name }) => name === 'etc/empty'),
    ],
    named: 'etc/empty: order',
    rung: 'tree',
  },
];

/** Fields that have tests of their own below: for `size` alone there can be none, other sizes are other contents. */
const APART: Field[] = ['size', 'dialect', 'layer', 'trailer'];

describe('each single change is named by exactly its field', () => {
  for (const { what, dialects, entries, named: expected, rung = 'none' } of cases) {
    it.each(dialects)(`${what} in %s`, async (dialect) => {
      const result = await compare({ layers: [tar(base, dialect)] }, { layers: [tar(entries, dialect)] });
      expect(named(result)).toEqual(expected.split('\n'));
      expect(result.rung).toBe(rung);
      expect(result.identical).toBe(false);
    });
  }

  it('no field and dialect is left out', () => {
    for (const field of FIELDS.filter((name) => !APART.includes(name))) {
      const alone = cases.filter((one) => one.named.split('\n').some((line) => line.endsWith(`: ${field}`)));
      expect(new Set(alone.flatMap(({ dialects }) => dialects)), field).toEqual(new Set(EXPRESSED_BY[field]));
    }
  });

  it.each(EXPRESSED_BY.dialect)('the dialect, from %s', async (dialect) => {
    const plain: TestEntry[] = [{ name: 'a', content: 'x' }];
    for (const written of all) {
      const result = await compare({ layers: [tar(plain, dialect)] }, { layers: [tar(plain, written)] });
      expect(named(result)).toEqual(dialect === written ? [] : ['a: dialect']);
      expect(result.rung).toBe(dialect === written ? 'manifest' : 'tree');
    }
  });

  it.each(EXPRESSED_BY.layer)('the layer that an entry is in, in %s', async (dialect) => {
    const layers = (cut: number): Buffer[] => [
      tar(base.slice(0, cut), dialect),
      tar(base.slice(cut), dialect),
    ];
    const result = await compare({ layers: layers(3) }, { layers: layers(4) });
    expect(named(result)).toEqual(['etc/other: layer']);
    expect(result.entries[0]).toMatchObject({ layerA: 1, layerB: 0 });
    expect(result.rung).toBe('tree');
  });

  it.each(EXPRESSED_BY.trailer)('what follows the last entry, in %s', async (dialect) => {
    const whole = tar(base, dialect);
    for (const tail of [Buffer.alloc(512), Buffer.from('x')]) {
      const result = await compare({ layers: [whole] }, { layers: [Buffer.concat([whole, tail])] });
      expect(named(result)).toEqual([': trailer']);
      expect(result.rung).toBe('tree');
    }
  });

  it.each([
    ['where there is no entry', [], END, ': trailer'],
    ['at the very end', [], Buffer.alloc(0), ': trailer'],
    ['behind the last entry', base, END, ': trailer'],
    ['in front of an entry', base, tar([{ name: 'z' }]), 'z: header'],
  ])('a global header %s', async (_where, before, after, said) => {
    const archive = (value: string): Buffer => {
      const global = extension('g', paxRecord('comment', Buffer.from(value)), 'pax');
      return Buffer.concat([...before.map((entry) => tarEntry(entry, 'pax')), global, after]);
    };
    const result = await compare({ layers: [archive('one')] }, { layers: [archive('two')] });
    expect(named(result)).toEqual([said]);
    expect(result.rung).toBe('tree');
  });

  it.each(all)('padding that is no zeros, in %s', async (dialect) => {
    const entry = tarEntry({ name: 'a', content: 'x' }, dialect);
    const odd = Buffer.from(entry);
    odd[odd.length - 1] = 1;
    const result = await compare(
      { layers: [Buffer.concat([entry, END])] },
      { layers: [Buffer.concat([odd, END])] },
    );
    expect(named(result)).toEqual(['a: header']);
    expect(result.rung).toBe('tree');
  });

  it.each(all)('padding that is missing at the end, in %s', async (dialect) => {
    const entry = tarEntry({ name: 'a', content: 'x' }, dialect);
    const result = await compare({ layers: [entry] }, { layers: [entry.subarray(0, -511)] });
    expect(named(result)).toEqual(['a: header']);
    expect(result.rung).toBe('tree');
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
    const a = layered([
      { name: 'a', content: 'x' },
      { name: 'b', type: 'hardlink', linkname: 'a' },
    ]);
    const b = layered([
      { name: 'b', content: 'x' },
      { name: 'a', type: 'hardlink', linkname: 'b' },
    ]);
    const result = await compare(a, b);
    expect(result.rung).toBe('tree');
    expect(named(result)).toEqual(['a: order', 'b: order']);
  });

  it('nothing else when two entries swap places', async () => {
    const result = await compare(layered(base), layered(swapped));
    expect(result.rung).toBe('tree');
    expect(new Set(result.entries.flatMap((entry) => entry.fields))).toEqual(new Set(['order']));
  });
});
