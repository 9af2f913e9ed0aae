import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { imageInvalid } from '../fault.ts';
import type { BlobPlace } from '../types.ts';

/** Large enough that reading costs little beside hashing, small enough to stay in the processor's cache. */
const CHUNK = 256 * 1024;
/** Others get their turn after so many pieces: a thread that reads is asked for files meanwhile. */
const TURN = 4;

/**
 * The bytes of a place in a file. Pieces are only valid until the next one is asked for. Read synchronously: with
 * files, the way through the thread pool costs more than the reading.
 * @throws TwinproofError image-invalid when the file ends early
 */
export async function* readRange(place: BlobPlace): AsyncGenerator<Buffer> {
  if (place.data !== undefined) {
    yield Buffer.from(place.data);
    return;
  }
  const file = openSync(place.path, 'r');
  try {
    // Two buffers in turn: a decompressor may still hold the piece before while the next one is read.
    const buffers = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)] as const;
    for (let done = 0, turn = 0; done < place.size; turn++) {
      const buffer = turn % 2 === 0 ? buffers[0] : buffers[1];
      const read = readSync(file, buffer, 0, Math.min(CHUNK, place.size - done), place.offset + done);
      if (read === 0) throw imageInvalid('the file is cut off', place.path);
      done += read;
      yield buffer.subarray(0, read);
      if (turn % TURN === TURN - 1) await setImmediate();
    }
  } finally {
    closeSync(file);
  }
}

/** All bytes of a small place; the caller has checked its size. */
export async function readAll(place: BlobPlace): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of readRange(place)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}
