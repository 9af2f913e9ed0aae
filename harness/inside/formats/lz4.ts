import { LIMITS } from '../budget.ts';
import { FormatFault, OverLimit } from '../format.ts';

/** doc/lz4_Frame_format.md of LZ4: frames, and the legacy format that kernels and their first root file system have. */
const FRAME = 0x184d2204;
const LEGACY = 0x184c2102;
const LEGACY_BLOCK = 8 * 2 ** 20;
const SHORTEST_MATCH = 4;

/** What is expanded, with room that grows up to the limit. */
class Output {
  #bytes = Buffer.alloc(65_536);
  length = 0;

  #room(more: number): void {
    const wanted = this.length + more;
    if (wanted > LIMITS.partBytes) throw new OverLimit('size');
    if (wanted <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.min(LIMITS.partBytes, Math.max(wanted, this.#bytes.length * 2)));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }

  append(bytes: Buffer): void {
    this.#room(bytes.length);
    bytes.copy(this.#bytes, this.length);
    this.length += bytes.length;
  }

  /** What is repeated may overlap what it makes, so that it goes byte by byte. */
  repeat(back: number, count: number): void {
    if (back === 0 || back > this.length) throw new FormatFault('a match before the beginning');
    this.#room(count);
    for (let end = this.length + count; this.length < end; this.length++)
      this.#bytes[this.length] = this.#bytes[this.length - back] ?? 0;
  }

  result(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }
}

/** doc/lz4_Block_format.md: literals and matches in turn, the last without a match. */
function expandBlock(block: Buffer, output: Output): void {
  let at = 0;
  const length = (nibble: number): number => {
    let total = nibble;
    if (nibble !== 15) return total;
    let byte: number;
    do {
      byte = block.readUInt8(at++);
      total += byte;
    } while (byte === 255);
    return total;
  };
  while (at < block.length) {
    const token = block.readUInt8(at++);
    const literals = length(token >> 4);
    if (at + literals > block.length) throw new FormatFault('literals are cut off');
    output.append(block.subarray(at, at + literals));
    at += literals;
    if (at >= block.length) return;
    const back = block.readUInt16LE(at);
    at += 2;
    output.repeat(back, length(token & 15) + SHORTEST_MATCH);
  }
}

/** @returns where the frame ends */
function expandFrame(bytes: Buffer, from: number, output: Output): number {
  const flags = bytes.readUInt8(from + 4);
  if (flags >> 6 !== 1) throw new FormatFault('another version of frames');
  const [sums, size, sum, dictionary] = [0x10, 0x08, 0x04, 0x01].map((bit) => (flags & bit) !== 0);
  let at = from + 7 + (size === true ? 8 : 0) + (dictionary === true ? 4 : 0);
  for (let head = bytes.readUInt32LE(at); head !== 0; head = bytes.readUInt32LE(at)) {
    const [length, raw] = [head & 0x7fffffff, head >>> 31 === 1];
    at += 4;
    if (at + length > bytes.length) throw new FormatFault('a block is cut off');
    const block = bytes.subarray(at, at + length);
    if (raw) output.append(block);
    else expandBlock(block, output);
    at += length + (sums === true ? 4 : 0);
  }
  return at + 4 + (sum === true ? 4 : 0);
}

function expandLegacy(bytes: Buffer, from: number, output: Output): number {
  let at = from + 4;
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    if (length === FRAME || length === LEGACY) return at;
    if (length === 0 || length > LEGACY_BLOCK * 2 || at + 4 + length > bytes.length)
      throw new FormatFault('a block is cut off');
    expandBlock(bytes.subarray(at + 4, at + 4 + length), output);
    at += 4 + length;
  }
  return at;
}

/** The content of all frames. @throws where it is none, and OverLimit */
export function expandLz4(bytes: Buffer): Buffer {
  const output = new Output();
  for (let at = 0; at < bytes.length;) {
    const magic = bytes.readUInt32LE(at);
    if (magic === FRAME) at = expandFrame(bytes, at, output);
    else if (magic === LEGACY) at = expandLegacy(bytes, at, output);
    else throw new FormatFault('something else follows a frame');
  }
  return output.result();
}
