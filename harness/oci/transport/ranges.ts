import { open } from 'node:fs/promises';
import { imageInvalid } from '../fault.ts';
import type { BlobPlace } from '../types.ts';

/** Large enough that reading costs little beside hashing, small enough to stay in the processor's cache. */
const CHUNK = 256 * 1024;

/**
 * The bytes of a place in a file. Pieces are only valid until the next one is asked for.
 * @throws TwinproofError image-invalid when the file ends early
 */
export async function* readRange(place: BlobPlace): AsyncGenerator<Buffer> {
  if (place.data !== undefined) {
    yield Buffer.from(place.data);
    return;
  }
  const file = await open(place.path, 'r');
  try {
    // Two buffers in turn: a decompressor may still hold the piece before while the next one is read.
    const buffers = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)] as const;
    for (let done = 0, turn = 0; done < place.size; turn ^= 1) {
      const buffer = turn === 0 ? buffers[0] : buffers[1];
      const { bytesRead } = await file.read(
        buffer,
        0,
        Math.min(CHUNK, place.size - done),
        place.offset + done,
      );
      if (bytesRead === 0) throw imageInvalid('the file is cut off', place.path);
      done += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** All bytes of a small place; the caller has checked its size. */
export async function readAll(place: BlobPlace): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of readRange(place)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}
