import { deflateSync } from 'node:zlib';

/** Makes ndb databases for tests, as rpm writes them; independent of the reader on purpose. */

const SLOTS_ON_A_PAGE = 256;

const words = (...values: (number | string)[]): Buffer =>
  Buffer.concat(
    values.map((value) => {
      if (typeof value === 'string') return Buffer.from(value, 'latin1');
      const word = Buffer.alloc(4);
      word.writeUInt32LE(value);
      return word;
    }),
  );

/** A zlib stream ends with the Adler-32 of what is in it. */
const adler32 = (bytes: Buffer): number => deflateSync(bytes).readUInt32BE(deflateSync(bytes).length - 4);

/** One slot a header; null leaves the slot and the blocks of one that was removed. */
export function ndb(headers: (Buffer | null)[]): Buffer {
  const pages = Math.ceil((headers.length + 2) / SLOTS_ON_A_PAGE);
  const slots: Buffer[] = [words('RpmP', 0, 9, pages, headers.length + 1, 0, 0, 0)];
  const blobs: Buffer[] = [];
  let block = (pages * 4096) / 16;
  for (const [at, header] of headers.entries()) {
    if (header === null) {
      slots.push(words('Slot', 0, 0, 0));
      blobs.push(Buffer.alloc(64));
      block += 4;
      continue;
    }
    const head = words('BlbS', at + 1, 9, header.length);
    const padding = Buffer.alloc((16 - ((header.length + 28) % 16)) % 16);
    const checked = Buffer.concat([head, header, padding]);
    const blob = Buffer.concat([checked, words(adler32(checked), header.length, 'BlbE')]);
    slots.push(words('Slot', at + 1, block, blob.length / 16));
    blobs.push(blob);
    block += blob.length / 16;
  }
  const free = pages * SLOTS_ON_A_PAGE - headers.length - 2;
  return Buffer.concat([...slots, ...Array.from({ length: free }, () => words('Slot', 0, 0, 0)), ...blobs]);
}
