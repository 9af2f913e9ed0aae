import { databaseInvalid } from '../fault.ts';

/** Little-endian words that begin each part (rpm, lib/backend/ndb/rpmpkg.c). */
const MAGIC = { file: 0x506d7052, slot: 0x746f6c53, head: 0x53626c42, tail: 0x45626c42 } as const;
const [PAGE, BLOCK, SLOT] = [4096, 16, 16];
/** The header takes the place of the first two slots. */
const HEADER = 2 * SLOT;
const [HEAD, TAIL] = [16, 12];
const MAX_PACKAGES = 100_000;
const MAX_VALUE_BYTES = 64 * 1024 * 1024;

/**
 * The headers in `Packages.db`, the rpm database of SUSE in the format ndb, in the order of their slots. What is not whole is refused,
 * as rpm does: each header lies between a head and a tail with its length and Adler-32.
 * @throws TwinproofError `image-invalid` for anything that is not whole
 */
export function* ndbValues(bytes: Uint8Array, path: string): Generator<Uint8Array, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number): number => view.getUint32(at, true);
  const fault = (message: string): Error => databaseInvalid(path, message);
  if (bytes.length < HEADER || u32(0) !== MAGIC.file) throw fault('it is no ndb database');
  if (u32(4) !== 0) throw fault(`it is of version ${u32(4)} of ndb, of which nothing is known`);
  const slotPages = u32(12);
  if (slotPages === 0 || slotPages * PAGE > bytes.length) throw fault('it is cut off');
  const seen = new Set<number>();
  let total = 0;
  for (let at = HEADER; at < slotPages * PAGE; at += SLOT) {
    if (u32(at) !== MAGIC.slot) throw fault('one of its slots is broken');
    const [number, offset, blocks] = [u32(at + 4), u32(at + 8), u32(at + 12)];
    // As rpm does: a slot without blocks is free.
    if (offset === 0) continue;
    if (seen.has(number) || seen.size >= MAX_PACKAGES) throw fault('it has a package twice, or too many');
    seen.add(number);
    const start = offset * BLOCK;
    const end = start + blocks * BLOCK;
    if (start < slotPages * PAGE || end > bytes.length || end - start < HEAD + TAIL)
      throw fault('a header is cut off');
    const length = u32(start + 12);
    total += length;
    const fits = Math.ceil((HEAD + length + TAIL) / BLOCK) === blocks && length <= MAX_VALUE_BYTES;
    if (!fits || total > bytes.length || u32(start) !== MAGIC.head || u32(start + 4) !== number)
      throw fault('a header is not where its slot says');
    const tail = end - TAIL;
    if (
      u32(tail + 8) !== MAGIC.tail ||
      u32(tail + 4) !== length ||
      u32(tail) !== adler32(bytes.subarray(start, tail))
    )
      throw fault('a header has changed since it was written');
    yield bytes.subarray(start + HEAD, start + HEAD + length);
  }
}

/** RFC 1950, section 8.2; sums are reduced before they leave 32 bits. */
function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let start = 0; start < bytes.length; start += 5552) {
    for (const byte of bytes.subarray(start, start + 5552)) {
      a += byte;
      b += a;
    }
    a %= 65_521;
    b %= 65_521;
  }
  return ((b << 16) | a) >>> 0;
}
