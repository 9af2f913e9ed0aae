import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecordPacker } from './packed-records.ts';
import { RecordList } from './record-list.ts';
import type { EntryRecord } from './records.ts';

const bytes = (max: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array).toString('latin1'));
const time = fc.record({ seconds: fc.maxSafeInteger(), nanoseconds: fc.nat(999_999_999) });
const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((array) => Buffer.from(array).toString('latin1'));

const record: fc.Arbitrary<Omit<EntryRecord, 'position'>> = fc
  .record({
    name: bytes(30),
    samePath: fc.boolean(),
    path: bytes(30).filter((path) => path !== ''),
    type: fc.constantFrom('file', 'hardlink', 'symlink', 'chardev', 'blockdev', 'dir', 'fifo'),
    mode: fc.nat(0o7777),
    uid: fc.maxSafeInteger(),
    gid: fc.maxSafeInteger(),
    uname: bytes(5),
    gname: bytes(5),
    size: fc.maxSafeNat(),
    mtime: time,
    atime: fc.option(time),
    ctime: fc.option(time),
    linkname: bytes(20),
    device: fc.option(fc.record({ major: fc.nat(), minor: fc.nat() })),
    xattrs: fc.option(
      fc
        .array(fc.tuple(bytes(8), bytes(20)), { minLength: 1, maxLength: 3 })
        .map((pairs) => new Map(pairs.map(([key, value]) => [key, Buffer.from(value, 'latin1')]))),
    ),
    dialect: fc.constantFrom('v7', 'ustar', 'star', 'gnu', 'pax'),
    headerCrc: fc.nat(),
    content: fc.oneof(fc.constant(''), digest),
  })
  .map(({ samePath, name, ...rest }) => ({
    ...rest,
    // A name is never empty: an empty path is ".", and its name "./" or so.
    name: samePath || name === '' ? rest.path : name,
    layer: 2,
  }));

it('records come out of a pack as they went in, pack after pack', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), (array) => {
      const records = array.map((one, position) => ({ ...one, position }));
      const packer = new RecordPacker(7);
      const list = new RecordList();
      for (let layer = 0; layer < 3; layer++) list.startLayer();
      for (const one of records) {
        packer.add(one);
        if (packer.full) list.add(structuredClone(packer.take()));
      }
      list.add(structuredClone(packer.take()));
      expect(Array.from({ length: list.length }, (_, number) => list.get(number))).toEqual(records);
      for (const [number, { path, type }] of records.entries()) {
        expect([list.path(number), list.type(number)]).toEqual([path, type]);
        for (const [other, one] of records.entries()) {
          expect(list.sameContent(number, list, other)).toBe(one.content === records[number]?.content);
          const alike = isDeepStrictEqual({ ...one, position: number }, records[number]);
          expect(list.same(number, list, other)).toBe(alike);
        }
      }
    }),
  );
});
