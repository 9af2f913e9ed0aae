import { describe, expect, it } from 'vitest';
import { first, read } from '../../testing/oci/tar/read.ts';
import { END, extension, header, paxRecord, sealed, tarEntry } from '../../testing/oci/tar/tar.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** As Go's reader takes them, with which engines unpack. */
describe('extended headers', () => {
  const described = (
    records: [string, string][],
    entry = tarEntry({ name: 'x', type: 'chardev' }, 'ustar'),
  ): Buffer =>
    Buffer.concat([
      extension('x', Buffer.concat(records.map(([key, value]) => paxRecord(key, bytes(value)))), 'pax'),
      entry,
      END,
    ]);

  it.each([
    ['libarchive, for attributes', 'LIBARCHIVE.xattr.user.a', 'AQL/'],
    ['star, for major numbers', 'SCHILY.devmajor', '5000000'],
    ['star, for minor numbers', 'SCHILY.devminor', '7'],
    ['star, for access control lists', 'SCHILY.acl.access', 'user::rwx'],
    ['star, for sizes', 'SCHILY.realsize', '70'],
    ['Red Hat, for labels', 'RHT.security.selinux', 'x'],
    ['GNU tar, for names of sparse files', 'GNU.sparse.name', 'other'],
    ['GNU tar, for sizes of sparse files', 'GNU.sparse.realsize', '70'],
    ['GNU tar, for sparse files of an unknown version', 'GNU.sparse.major', '2'],
    ['GNU tar, for sparse files without a map', 'GNU.sparse.map', ''],
    ['POSIX, for character sets', 'hdrcharset', 'BINARY'],
  ])('passes over the record of %s, as engines do', (_, key, value) => {
    const plain = first(described([['mtime', '0']]));
    const found = first(
      described([
        ['mtime', '0'],
        [key, value],
      ]),
    );
    expect(found.headerCrc).not.toBe(plain.headerCrc);
    expect({ ...found, headerCrc: 0 }).toEqual({ ...plain, headerCrc: 0 });
  });

  it('counts the bytes of a global header as trailer, unless an entry follows', () => {
    const global = extension('g', paxRecord('comment', bytes('x')), 'pax');
    const entry = tarEntry({ name: 'a' }, 'pax');
    expect(read(Buffer.concat([global, entry, global, END])).trailer).toBe(global.length + END.length);
    expect(read(Buffer.concat([global, entry, END])).trailer).toBe(END.length);
    expect(read(global).trailer).toBe(global.length);
  });

  it('applies nothing of a global header, and loses what stands in front of it', () => {
    const global = extension(
      'g',
      Buffer.concat(['uid', 'mtime', 'path', 'SCHILY.xattr.user.a'].map((key) => paxRecord(key, bytes('5')))),
      'pax',
    );
    const uid = extension('x', paxRecord('uid', bytes('6')), 'pax');
    const longName = extension('L', bytes('long\0'), 'gnu');
    const entry = tarEntry({ name: 'a', uid: 9 }, 'ustar');
    const archive = Buffer.concat([
      global,
      entry,
      uid,
      global,
      entry,
      longName,
      global,
      entry,
      uid,
      entry,
      END,
    ]);
    expect(read(archive).entries).toMatchObject([
      { name: 'a', uid: 9, mtime: { seconds: 0 }, xattrs: null },
      { name: 'a', uid: 9 },
      { name: 'a', uid: 9 },
      { name: 'a', uid: 6 },
    ]);
    expect(() => read(Buffer.concat([extension('g', bytes('9 x'), 'pax'), entry]))).toThrow('record');
  });

  it('takes the last extended header of a kind, and an empty long name for none', () => {
    const pax = (key: string, value: string): Buffer => extension('x', paxRecord(key, bytes(value)), 'pax');
    const entry = tarEntry({ name: 'a', uid: 9 }, 'ustar');
    expect(first(Buffer.concat([pax('uid', '5'), pax('gid', '6'), entry, END]))).toMatchObject({
      uid: 9,
      gid: 6,
    });
    const empty = extension('L', bytes('\0'), 'gnu');
    expect(first(Buffer.concat([empty, entry, END])).name).toBe('a');
    expect(first(Buffer.concat([empty, pax('path', 'b'), entry, END])).name).toBe('b');
    expect(
      first(Buffer.concat([extension('L', bytes('c\0'), 'gnu'), pax('path', 'b'), entry, END])).name,
    ).toBe('c');
  });

  it('counts extended headers that no entry follows as trailer', () => {
    const entry = tarEntry({ name: 'a' }, 'ustar');
    const uid = extension('x', paxRecord('uid', bytes('1')), 'pax');
    expect(read(Buffer.concat([entry, uid, END])).trailer).toBe(uid.length + END.length);
    expect(read(Buffer.concat([entry, uid])).trailer).toBe(uid.length);
    expect(read(Buffer.concat([entry, uid, entry, END])).trailer).toBe(END.length);
  });

  it('takes numbers in extended headers with any zeros in front', () => {
    const zeros = '0'.repeat(300);
    const records: [string, string][] = [
      ['size', `${zeros}3`],
      ['uid', `+${zeros}7`],
    ];
    const archive = described(records, tarEntry({ name: 'x', content: 'abc', size: 3 }, 'ustar'));
    expect(first(archive)).toMatchObject({ uid: 7, size: 3, content: 'abc' });
    expect(() => first(described([['size', '99999999999999999999']]))).toThrow('not decimal');
  });

  it('reads prefixes that Go up to 1.7 wrote into GNU headers', () => {
    const written = (prefix: string): Buffer => {
      const block = header({ name: bytes('name'), flag: '0' }, 'gnu');
      block.write(prefix, 345, 'latin1');
      return Buffer.concat([sealed(block), END]);
    };
    expect(first(written('some/prefix/of/a/directory'))).toMatchObject({
      name: 'some/prefix/of/a/directory/name',
      atime: null,
      ctime: null,
    });
    expect(first(written('pr\u00e4fix/of/a/directory')).name).toBe('name');
    expect(first(written('00000000007\0'))).toMatchObject({ name: 'name', atime: { seconds: 7 } });
  });
});
