import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwinproofError } from '../../errors.ts';
import { first, read } from '../../testing/oci/tar/read.ts';
import {
  END,
  extension,
  header,
  paxRecord,
  sealed,
  tar,
  tarEntry,
  type TestDialect,
} from '../../testing/oci/tar/tar.ts';

const dialects: TestDialect[] = ['v7', 'ustar', 'gnu', 'pax'];
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('TarReader', () => {
  it.each(dialects)('reads what %s can say', (dialect) => {
    const entry = { name: 'a/b', mode: 0o4755, uid: 12, gid: 34, mtime: '1700000000', content: 'hello' };
    expect(first(tar([entry], dialect))).toMatchObject({
      name: 'a/b',
      type: 'file',
      mode: 0o4755,
      uid: 12,
      gid: 34,
      size: 5,
      mtime: { seconds: 1700000000, nanoseconds: 0 },
      content: 'hello',
      dialect,
    });
  });

  it.each(dialects.slice(1))('reads devices, links and owners of %s', (dialect) => {
    const archive = tar(
      [
        { name: 'dev', type: 'blockdev', major: 8, minor: 1, uname: 'root', gname: 'disk' },
        { name: 'link', type: 'symlink', linkname: '../x' },
        { name: 'pipe', type: 'fifo' },
        { name: 'dir/', type: 'dir' },
      ],
      dialect,
    );
    const [device, link, pipe, dir] = read(archive).entries;
    expect(device).toMatchObject({
      type: 'blockdev',
      device: { major: 8, minor: 1 },
      uname: 'root',
      gname: 'disk',
    });
    expect(link).toMatchObject({ type: 'symlink', linkname: '../x', device: null });
    expect(pipe?.type).toBe('fifo');
    expect(dir?.type).toBe('dir');
  });

  it.each(['gnu', 'pax'] as const)('reads long names and big numbers of %s', (dialect) => {
    const name = `${'d'.repeat(90)}/${'f'.repeat(200)}`;
    const linkname = 'l'.repeat(300);
    expect(first(tar([{ name, type: 'symlink', linkname, uid: 3_000_000_000 }], dialect))).toMatchObject({
      name,
      linkname,
      uid: 3_000_000_000,
    });
  });

  it('reads the prefix of ustar', () => {
    const block = header({ name: bytes('name'), flag: '0' }, 'ustar');
    block.write('some/prefix', 345);
    expect(first(Buffer.concat([sealed(block), END])).name).toBe('some/prefix/name');
  });

  it('reads negative and huge base-256 numbers', () => {
    const entry = tarEntry({ name: 'x', mtime: '-100' }, 'gnu');
    expect(first(Buffer.concat([entry, END])).mtime).toEqual({ seconds: -100, nanoseconds: 0 });
    const block = header({ name: bytes('x'), flag: '0' }, 'gnu');
    block.fill(0x7f, 125, 136);
    block[124] = 0x80;
    expect(() => read(Buffer.concat([sealed(block), END]))).toThrow('out of range');
  });

  it.each([
    ['1.5', 1, 500_000_000],
    ['1700000000.123456789', 1_700_000_000, 123_456_789],
    ['-1.5', -2, 500_000_000],
    ['-1', -1, 0],
    ['7.', 7, 0],
    ['-0.25', -1, 750_000_000],
    ['+00000000000000000007', 7, 0],
  ])('reads the PAX time %s', (mtime, seconds, nanoseconds) => {
    expect(first(tar([{ name: 'x', mtime }])).mtime).toEqual({ seconds, nanoseconds });
  });

  it('keeps extended attributes byte for byte', () => {
    const capability = '\x01\0\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\n=\xff\0';
    const { xattrs } = first(
      tar([{ name: 'x', xattrs: { 'security.capability': capability, 'user.empty': '' } }]),
    );
    expect(xattrs?.get('security.capability')?.toString('latin1')).toBe(capability);
    expect(xattrs?.get('user.empty')?.length).toBe(0);
  });

  it('keeps names that are not UTF-8, or hold line feeds and escapes', () => {
    const name = 'a\xff\n\x1b[31m';
    for (const dialect of dialects) expect(first(tar([{ name }], dialect)).name).toBe(name);
  });

  it('accepts a missing end marker, hands on what follows it, and refuses a single block of zeros', () => {
    const entry = tarEntry({ name: 'x', content: 'abc' }, 'ustar');
    expect(read(entry).entries).toHaveLength(1);
    expect(read(Buffer.concat([entry, END, bytes('rubbish')])).trailer).toBe(1024 + 7);
    expect(() => read(Buffer.concat([entry, Buffer.alloc(512), entry]))).toThrow('single block of zeros');
  });

  it.each([1, 7, 5000])('accepts that the last entry is not padded, in pieces of %i', (piece) => {
    const entry = tarEntry({ name: 'x', content: 'abc' }, 'ustar');
    for (const length of [515, 516, 1023]) {
      const { entries } = read(entry.subarray(0, length), piece);
      expect(entries).toMatchObject([{ name: 'x', size: 3, content: 'abc' }]);
    }
    expect(() => read(entry.subarray(0, 514), piece)).toThrow('in the middle of an entry');
  });

  it.each([
    ['a wrong checksum', () => Buffer.concat([Buffer.alloc(512, 'x'), END]), 'checksum'],
    ['an unknown type', () => tar([{ name: 'x', flag: 'V' }], 'ustar'), 'type "V"'],
    [
      'rubbish in a number',
      () => {
        const block = header({ name: bytes('x'), flag: '0' }, 'ustar');
        block.write('zz', 108);
        return sealed(block);
      },
      'octal',
    ],
    [
      'a cut PAX record',
      () => Buffer.concat([extension('x', bytes('30 path=x\n'), 'pax'), tar([{ name: 'x' }])]),
      'record',
    ],
    [
      'a NUL in a name',
      () =>
        Buffer.concat([
          extension('x', paxRecord('path', bytes('a\0b')), 'pax'),
          tarEntry({ name: 'x' }, 'ustar'),
          END,
        ]),
      'NUL',
    ],
    [
      "a NUL in an attribute's name",
      () =>
        Buffer.concat([
          extension('x', paxRecord('SCHILY.xattr.user.a\0b', bytes('1')), 'pax'),
          tarEntry({ name: 'x' }, 'ustar'),
          END,
        ]),
      'NUL',
    ],
    [
      'an extended header padded by NULs',
      () =>
        Buffer.concat([
          extension('x', Buffer.concat([paxRecord('uid', bytes('1')), Buffer.alloc(9)]), 'pax'),
          END,
        ]),
      'record length',
    ],
    ['a time without whole seconds', () => tar([{ name: 'x', mtime: '.25' }]), 'bad time'],
    ['an extended header of Solaris', () => tar([{ name: 'x', flag: 'X' }], 'ustar'), 'Solaris'],
    ['a huge extended header', () => header({ name: bytes('x'), flag: 'x', size: 2 ** 30 }, 'pax'), '1 MiB'],
    [
      'a negative size',
      () =>
        Buffer.concat([
          extension('x', paxRecord('size', bytes('-5')), 'pax'),
          tarEntry({ name: 'x' }, 'ustar'),
        ]),
      'negative',
    ],
  ])('refuses %s', (_, make, message) => {
    expect(() => read(make())).toThrow(message);
  });

  it('refuses an archive cut at any byte inside an entry, with the place', () => {
    const archive = tar([
      { name: 'a', content: 'x'.repeat(700) },
      { name: 'b', mtime: '1.5' },
    ]);
    for (let length = 0; length < 4096; length += 64) {
      // Between headers an archive may stop, and after the content of an entry: PAX header, header, 700 bytes, their padding.
      if ([0, 1024, 3584].includes(length) || (length >= 1024 + 512 + 700 && length <= 2560)) continue;
      const at = archive.subarray(0, length);
      expect(() => read(at), `cut at ${length}`).toThrow(TwinproofError);
    }
  });

  it('gives the same whatever the size of the pieces', () => {
    const archive = tar([
      { name: 'x'.repeat(300), content: 'y'.repeat(1500), xattrs: { 'user.a': '\0\xff' } },
      { name: 'dir/', type: 'dir' },
      { name: 'z', content: 'z' },
    ]);
    const whole = read(archive);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (piece) => {
        expect(read(archive, piece)).toEqual(whole);
      }),
    );
  });

  it('never fails but with a TwinproofError, whatever the bytes', () => {
    const valid = tar(
      [
        { name: 'x'.repeat(150), content: 'abc' },
        { name: 'l', type: 'hardlink', linkname: 'x' },
      ],
      'gnu',
    );
    const flips = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(flips, fc.boolean(), (changes, seal) => {
        const broken = Buffer.from(valid);
        for (const [at, byte] of changes) broken[at] = byte;
        // Without a right checksum most changes would be found right there.
        if (seal) for (let at = 0; at < broken.length; at += 512) sealed(broken.subarray(at, at + 512));
        try {
          read(broken, 512);
        } catch (error) {
          expect(error).toBeInstanceOf(TwinproofError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
