import { Random } from './random.ts';

const POOL = 24 * 2 ** 20;

/** Something from a little further up once more: what compression lives on. @returns where to go on */
function again(random: Random, pool: Buffer, at: number): number {
  const back = 64 + random.below(8000);
  if (at < back || at + 64 > pool.length) return at;
  const length = 12 + random.below(44);
  pool.copyWithin(at, at - back, at - back + length);
  return at + length;
}

/** Text as in sources, scripts and documentation: common words, lines, indentation. */
function textPool(random: Random): Buffer {
  const words = Array.from({ length: 8000 }, () =>
    Array.from({ length: 2 + random.below(9) }, () =>
      String.fromCharCode(97 + ((random.zipf(26) * 7) % 26)),
    ).join(''),
  );
  const pool = Buffer.alloc(POOL);
  for (let at = 0; at < POOL;) {
    const end = random.below(9);
    const tail = end === 0 ? '\n    ' : end === 1 ? ' = ' : end === 2 ? '(' : ' ';
    if (random.below(7) === 0) at = again(random, pool, at);
    at += pool.write((words[random.zipf(8000)] ?? '') + tail, at, 'latin1');
  }
  return pool;
}

/** Bytes as in programs: common instructions with rare operands, tables, runs of zeros. */
function codePool(random: Random): Buffer {
  const instructions = Array.from({ length: 3000 }, () =>
    Buffer.from(Array.from({ length: 2 + random.below(6) }, () => random.below(256))),
  );
  const pool = Buffer.alloc(POOL);
  for (let at = 0; at < POOL - 64;) {
    if (random.below(8) === 0) at = again(random, pool, at);
    const kind = random.below(40);
    if (kind === 0) at += 4 + random.below(60);
    else if (kind < 8) at = pool.writeUInt32LE(random.word() & 0x3ff, at);
    else if (kind < 14) at = pool.writeUInt8(random.below(256), at);
    else at += instructions[random.zipf(3000)]?.copy(pool, at) ?? 1;
  }
  return pool;
}

/** Content for files: long enough apart, repeats are beyond gzip's window of 32 KiB. */
export class Material {
  readonly #text: Buffer;
  readonly #code: Buffer;

  constructor(seed: number) {
    this.#text = textPool(new Random(seed));
    this.#code = codePool(new Random(seed + 1));
  }

  /** Pieces of a file of `size` bytes; a view of shared memory. */
  *content(random: Random, size: number): Generator<Buffer> {
    const pool = size > 200_000 || random.below(3) === 0 ? this.#code : this.#text;
    for (let left = size; left > 0;) {
      const start = random.below(POOL - 1024);
      const piece = pool.subarray(start, start + Math.min(left, 256 * 1024));
      left -= piece.length;
      yield piece;
    }
  }
}
