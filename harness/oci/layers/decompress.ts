import { imageInvalid, imageUnsupported } from '../fault.ts';
import { expand, type Kind } from './inflate.ts';
import { Pieces } from './pieces.ts';
import type { ReadLimits } from '../types.ts';

export type Compression = 'none' | Kind;

/** Below this a high rate of expansion is harmless. */
const GRACE = 4 * 2 ** 30;

const MAGIC_BYTES = 8;
const MAGICS: [string, string][] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['fd377a585a00', 'xz'],
  ['425a68', 'bzip2'],
  ['04224d18', 'lz4'],
];

/** Compression by the first bytes: `gzip`, `zstd`, `xz` … or `none`. */
export function compressionOf(head: Uint8Array): string {
  const hex = Buffer.from(head.subarray(0, 8)).toString('hex');
  // A zstd stream may begin with a skippable frame, 184D2A50 to 184D2A5F (RFC 8878, section 3.1.2).
  if (/^5.2a4d18/.test(hex)) return 'zstd';
  return MAGICS.find(([magic]) => hex.startsWith(magic))?.[1] ?? 'none';
}

/**
 * Compression of a layer, as engines tell it; media types lie.
 * @throws TwinproofError unsupported for kinds that no image specification knows
 */
export function sniff(head: Uint8Array, where: string): Compression {
  const kind = compressionOf(head);
  if (kind === 'none') return 'none';
  if (kind === 'gzip' || kind === 'zstd') return kind;
  throw imageUnsupported(`layers compressed by ${kind}`, where);
}

/** Counts what comes out against what went in. @throws TwinproofError image-invalid beyond the limits */
class Bounds {
  read = 0;
  written = 0;
  readonly #limits: ReadLimits;
  readonly #where: string;

  constructor(limits: ReadLimits, where: string) {
    this.#limits = limits;
    this.#where = where;
  }

  add(bytes: number): void {
    this.written += bytes;
    const { layerBytes, expansion } = this.#limits;
    if (this.written > layerBytes)
      throw imageInvalid(`expands to more than ${layerBytes} bytes`, this.#where);
    if (this.written > GRACE && this.written > this.read * expansion) {
      throw imageInvalid(`expands more than ${expansion}-fold`, this.#where);
    }
  }
}

/**
 * Uncompressed bytes of a layer: gzip with several members, zstd with several frames, or as they are.
 * All of the source is read, also what follows the compressed data.
 * @throws TwinproofError image-invalid when the data is broken or cut off, or expands beyond the limits
 */
export async function* decompress(
  source: AsyncIterable<Buffer>,
  where: string,
  limits: ReadLimits,
): AsyncGenerator<Buffer> {
  const bounds = new Bounds(limits, where);
  const pieces = new Pieces(source, (bytes) => (bounds.read += bytes));
  try {
    const kind = sniff(await pieces.peek(MAGIC_BYTES), where);
    for await (const piece of kind === 'none' ? pieces : members(pieces, kind, where)) {
      bounds.add(piece.length);
      yield piece;
    }
  } finally {
    await pieces.close();
  }
}

/** Node takes several gzip members as one stream, but stops silently after the first zstd frame. */
async function* members(pieces: Pieces, kind: Kind, where: string): AsyncGenerator<Buffer> {
  for (let head = await pieces.peek(MAGIC_BYTES); head.length > 0; head = await pieces.peek(MAGIC_BYTES)) {
    if (kind === 'zstd' && isSkippable(head)) {
      await skipFrame(pieces, where);
      continue;
    }
    if (sniff(head, where) !== kind) {
      // Zeros may follow gzip data: padding of tapes and block devices, which gunzip accepts as well.
      if (kind === 'gzip' && (await pieces.drain())) return;
      throw imageInvalid(`something else follows the ${kind} data`, where);
    }
    yield* expand(pieces, kind, where);
  }
}

/** RFC 8878, section 3.1.2. */
function isSkippable(head: Buffer): boolean {
  return head.length >= 4 && (head.readUInt32LE(0) & 0xfffffff0) >>> 0 === 0x184d2a50;
}

async function skipFrame(pieces: Pieces, where: string): Promise<void> {
  const head = await pieces.peek(MAGIC_BYTES);
  if (head.length < 8) throw imageInvalid('broken zstd data: cut off', where);
  let left = 8 + head.readUInt32LE(4);
  while (left > 0) {
    const piece = await pieces.next();
    if (piece === null) throw imageInvalid('broken zstd data: cut off', where);
    const used = Math.min(left, piece.length);
    pieces.unread(piece.subarray(used));
    left -= used;
  }
}
