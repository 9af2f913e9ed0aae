import { describe, expect, it } from 'vitest';
import { END, extension, header, padded, paxRecord, sealed, tarEntry } from '../../testing/oci/tar/tar.ts';
import { first, read } from '../../testing/oci/tar/read.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('sparse files', () => {
  const expected = `${'\0'.repeat(1000)}AAAA${'\0'.repeat(96)}BB${'\0'.repeat(98)}`;
  const stored = bytes('AAAABB');
  const map = '1000,4,1100,2';
  const pax = (records: [string, string][], content: Buffer): Buffer =>
    Buffer.concat([
      extension('x', Buffer.concat(records.map(([key, value]) => paxRecord(key, bytes(value)))), 'pax'),
      tarEntry({ name: 'GNUSparseFile.0/x', content }, 'ustar'),
      END,
    ]);

  it('in the old GNU form, with extension blocks', () => {
    const old = (slots: [number, number][], extended: boolean): Buffer => {
      const block = header({ name: bytes('x'), flag: 'S', size: stored.length }, 'gnu');
      const octal = (value: number): string => `${value.toString(8).padStart(11, '0')}\0`;
      const more = Buffer.alloc(512);
      for (const [at, [offset, length]] of slots.entries()) {
        const [target, base] = extended && at > 0 ? [more, (at - 1) * 24] : [block, 386 + at * 24];
        target.write(octal(offset) + octal(length), base, 'latin1');
      }
      if (extended) block[482] = 1;
      block.write(octal(1200), 483, 'latin1');
      return Buffer.concat([sealed(block), ...(extended ? [more] : []), padded(stored), END]);
    };
    const slots: [number, number][] = [
      [1000, 4],
      [1100, 2],
      [1200, 0],
    ];
    for (const extended of [false, true]) {
      expect(first(old(slots, extended))).toMatchObject({ name: 'x', size: 1200, content: expected });
    }
    expect(() =>
      read(
        old(
          [
            [1000, 4],
            [900, 2],
          ],
          false,
        ),
      ),
    ).toThrow('sparse map');
    expect(() =>
      read(
        old(
          [
            [1000, 4],
            [1199, 2],
          ],
          false,
        ),
      ),
    ).toThrow('sparse map');
    expect(() => read(old([[1000, 5]], false))).toThrow('stored size');
  });

  it('in PAX versions 0.0, 0.1 and 1.0', () => {
    const name: [string, string] = ['GNU.sparse.name', 'real'];
    const v00: [string, string][] = [
      ['GNU.sparse.size', '1200'],
      ['GNU.sparse.numblocks', '2'],
      ['GNU.sparse.offset', '1000'],
      ['GNU.sparse.numbytes', '4'],
      ['GNU.sparse.offset', '1100'],
      ['GNU.sparse.numbytes', '2'],
    ];
    expect(first(pax([name, ...v00], stored))).toMatchObject({ name: 'real', size: 1200, content: expected });
    const v01: [string, string][] = [
      ['GNU.sparse.size', '1200'],
      ['GNU.sparse.numblocks', '2'],
      ['GNU.sparse.map', map],
    ];
    expect(first(pax([name, ...v01], stored))).toMatchObject({ name: 'real', size: 1200, content: expected });
    const wrong = v01.map(([key, value]): [string, string] => [key, key.endsWith('blocks') ? '3' : value]);
    expect(() => read(pax([name, ...wrong], stored))).toThrow('sparse map');
    const versioned: [string, string][] = [['GNU.sparse.major', '0'], ['GNU.sparse.minor', '1'], ...v01];
    expect(first(pax([name, ...versioned], stored))).toMatchObject({ name: 'real', content: expected });
    // Of two sizes Go takes the one of the older versions.
    const both: [string, string][] = [['GNU.sparse.realsize', '1300'], ...v01];
    expect(first(pax(both, stored))).toMatchObject({
      name: 'GNUSparseFile.0/x',
      size: 1200,
      content: expected,
    });
    const v10: [string, string][] = [
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.realsize', '1200'],
    ];
    const body = Buffer.concat([padded(bytes('2\n1000\n4\n1100\n2\n')), stored]);
    expect(first(pax([name, ...v10], body))).toMatchObject({ name: 'real', size: 1200, content: expected });
    expect(() => read(pax([name, ...v10], Buffer.concat([padded(bytes('99999999999\n')), stored])))).toThrow(
      'sparse map',
    );
  });

  it('are files in headers of GNU, and nothing else', () => {
    const block = header({ name: bytes('x'), flag: 'S', size: 0 }, 'ustar');
    expect(() => read(Buffer.concat([block, END]))).toThrow('not of GNU');
    const records = [
      ['GNU.sparse.numblocks', '1'],
      ['GNU.sparse.map', '0,0'],
    ] as const;
    const found = Buffer.concat([
      extension('x', Buffer.concat(records.map(([key, value]) => paxRecord(key, bytes(value)))), 'pax'),
      tarEntry({ name: 'd/', type: 'dir' }, 'ustar'),
      END,
    ]);
    expect(() => read(found)).toThrow('no file');
  });

  it('with more zeros than the limit are refused instead of being expanded', () => {
    const records: [string, string][] = [
      ['GNU.sparse.size', '10000000000000'],
      ['GNU.sparse.numblocks', '1'],
      ['GNU.sparse.map', '0,0'],
    ];
    expect(() => read(pax(records, Buffer.alloc(0)))).toThrow('more zeros than the limit');
  });
});
