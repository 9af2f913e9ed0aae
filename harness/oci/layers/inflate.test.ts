import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand, type Kind } from './inflate.ts';
import { Pieces } from './pieces.ts';

/** What comes out, and what is left behind it; or the complaint. */
async function outcome(bytes: Buffer, kind: Kind, piece: number, streams: boolean): Promise<unknown> {
  async function* source(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += piece) {
      yield await Promise.resolve(bytes.subarray(at, at + piece));
    }
  }
  const pieces = new Pieces(source(), () => undefined);
  const out: Buffer[] = [];
  try {
    for await (const part of expand(pieces, kind, 'x', streams)) out.push(Buffer.from(part));
  } catch (error) {
    return String(error);
  }
  const rest: Buffer[] = [];
  for await (const part of pieces) rest.push(Buffer.from(part));
  return [Buffer.concat(out).toString('hex'), Buffer.concat(rest).toString('hex')];
}

const compress = { gzip: gzipSync, zstd: zstdCompressSync };

describe.each(['gzip', 'zstd'] as const)("%s without Node's streams gives what they give", (kind) => {
  const same = async (bytes: Buffer, piece: number): Promise<void> => {
    expect(await outcome(bytes, kind, piece, false)).toEqual(await outcome(bytes, kind, piece, true));
  };

  it('for data longer than a piece of output', async () => {
    const half = randomBytes(200_000);
    const data = Buffer.concat([half, half, Buffer.alloc(1_000_000)]);
    const packed = compress[kind](data);
    expect(await outcome(packed, kind, 65_536, false)).toEqual([data.toString('hex'), '']);
    await same(packed, 65_536);
  });

  it('for any data, cut off, broken or with something behind it', async () => {
    const data = fc.uint8Array({ maxLength: 3000 }).map((array) => compress[kind](array));
    const tail = fc.oneof(fc.constant(Buffer.alloc(0)), data, fc.uint8Array({ maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(
        data,
        tail,
        fc.record({
          piece: fc.integer({ min: 1, max: 400 }),
          cut: fc.nat(20),
          flip: fc.option(fc.nat(5000)),
        }),
        async (packed, behind, { piece, cut, flip }) => {
          const bytes = Buffer.concat([packed, behind]);
          if (flip !== null) bytes[flip % bytes.length] = (bytes[flip % bytes.length] ?? 0) ^ 0x55;
          await same(bytes.subarray(0, bytes.length - cut), piece);
        },
      ),
      { numRuns: 150 },
    );
  });
});
