import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { first, read } from '../../testing/oci/tar/read.ts';
import {
  END,
  header,
  padded,
  sealed,
  tar,
  tarEntry,
  type TestDialect,
  type TestEntry,
} from '../../testing/oci/tar/tar.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Names as archives may hold them: any byte but NUL. */
const name = (max: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: 1, maxLength: max })
    .map((array) => Buffer.from(array.map((byte) => (byte === 0 ? 1 : byte))).toString('latin1'))
    .filter((text) => !text.endsWith('/'));
const seconds = fc.integer({ min: -(2 ** 33), max: 2 ** 34 });

describe('what one program writes, the reader reads', () => {
  const entry = (max: number, numbers: number): fc.Arbitrary<TestEntry> =>
    fc.record({
      name: name(max),
      type: fc.constantFrom('file', 'symlink', 'hardlink', 'dir', 'fifo', 'chardev', 'blockdev'),
      mode: fc.nat(0o7777),
      uid: fc.nat(numbers),
      gid: fc.nat(numbers),
      linkname: name(max),
      major: fc.nat(4095),
      minor: fc.nat(255),
      uname: fc.constantFrom('', 'root', 'ü'),
      content: fc.uint8Array({ maxLength: 1500 }).map((array) => Buffer.from(array)),
    });
  const reads = (entries: TestEntry[], dialect: TestDialect, piece: number): void => {
    const stored = entries.map((one) => (one.type === 'file' ? one : { ...one, content: '' }));
    const found = read(tar(stored, dialect), piece).entries;
    expect(found.length).toBe(entries.length);
    for (const [at, one] of found.entries()) {
      const {
        name: path,
        type,
        mode,
        uid,
        gid,
        linkname = '',
        content,
        major,
        minor,
      } = stored[at] ?? { name: '' };
      const isLink = type === 'symlink' || type === 'hardlink';
      expect(one).toMatchObject({
        name: path,
        type,
        mode,
        uid,
        gid,
        linkname: isLink ? linkname : '',
        dialect,
      });
      expect(one.content).toBe(type === 'file' ? (content as Buffer).toString('latin1') : '');
      const isDevice = type === 'chardev' || type === 'blockdev';
      expect(one.device).toEqual(
        isDevice ? (dialect === 'v7' ? { major: 0, minor: 0 } : { major, minor }) : null,
      );
    }
  };
  it.each([
    ['v7', 100, 8 ** 7 - 1],
    ['ustar', 100, 8 ** 7 - 1],
    ['star', 100, 8 ** 7 - 1],
    ['gnu', 400, 2 ** 40],
    ['pax', 400, 2 ** 40],
  ] as const)('%s', (dialect, max, numbers) => {
    const entries = fc.array(entry(max, numbers), { maxLength: 5 });
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 3000 }), (list, piece) => reads(list, dialect, piece)),
    );
  });

  it('times to the nanosecond, and base-256 ones before 1970', () => {
    fc.assert(
      fc.property(seconds, fc.nat(999_999_999), (whole, nano) => {
        expect(first(tar([{ name: 'x', mtime: String(whole) }], 'gnu')).mtime).toEqual({
          seconds: whole,
          nanoseconds: 0,
        });
        const positive = Math.abs(whole);
        const text = `${positive}.${String(nano).padStart(9, '0')}`;
        expect(first(tar([{ name: 'x', mtime: text }])).mtime).toEqual({
          seconds: positive,
          nanoseconds: nano,
        });
      }),
    );
  });

  it('attributes byte for byte', () => {
    const value = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('user.a', 'security.capability'), value), (xattrs) => {
        const found = first(tar([{ name: 'x', xattrs }])).xattrs ?? new Map<string, Buffer>();
        expect(Object.fromEntries([...found].map(([key, one]) => [key, one.toString('latin1')]))).toEqual(
          xattrs,
        );
      }),
    );
  });
});

describe('what few archives have', () => {
  it.each([
    ['V', 'a volume label'],
    ['M', 'continued from another volume'],
    ['N', 'long names'],
    ['D', 'listing of a directory'],
    ['A', 'access control list'],
  ])('type %s is unsupported by name', (flag, message) => {
    expect(() => read(tar([{ name: 'x', flag }], 'gnu'))).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining(message) as string }),
    );
  });

  it('a star header has a shorter prefix, and times behind it', () => {
    const block = header({ name: bytes('name'), flag: '0' }, 'ustar');
    block.write('p'.repeat(130), 345, 'latin1');
    block.write('00000000007\0' + '00000000011\0', 476, 'latin1');
    block.write('tar\0', 508, 'latin1');
    expect(first(Buffer.concat([sealed(block), END]))).toMatchObject({
      name: `${'p'.repeat(130)}/name`,
      dialect: 'star',
      atime: { seconds: 7, nanoseconds: 0 },
      ctime: { seconds: 9, nanoseconds: 0 },
    });
  });

  it('a hard link that says how large its target is has no content; one with content is refused, as by GNU tar', () => {
    const link = tarEntry({ name: 'x', type: 'hardlink', linkname: 'a', size: 700 }, 'ustar');
    const next = tarEntry({ name: 'y' }, 'ustar');
    expect(read(Buffer.concat([link, next, END])).entries.map((one) => [one.name, one.size])).toEqual([
      ['x', 0],
      ['y', 0],
    ]);
    expect(() => read(Buffer.concat([link, padded(Buffer.alloc(700, 'c')), next, END]))).toThrow('checksum');
  });

  it('names with ./ and / in front, as they stand', () => {
    const names = ['./', './a', '/b', '//c', 'd//e', './f/'];
    expect(read(tar(names.map((one) => ({ name: one })))).entries.map((one) => one.name)).toEqual(names);
  });
});
