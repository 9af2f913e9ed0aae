import { join } from 'node:path';
// A CommonJS bundle whose names Node cannot see.
import xz from 'xz-decompress';
import { imageInvalid, imageUnsupported } from '../fault.ts';
import { compressionOf, decompress } from '../layers/decompress.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { withScratch } from '../scratch.ts';
import type { BlobPlace } from '../types.ts';
import { readAll, readRange } from './ranges.ts';
import { spool } from './spool.ts';

/** An archive as a plain file. */
export interface Expanded {
  path: string;
  /** Bytes. */
  size: number;
  close(): Promise<void>;
}

const MAGIC_BYTES = 8;
const READ = ['gzip', 'zstd', 'xz'];

/** A web stream over pieces; each is copied, because readers of streams look ahead. */
function webStream(pieces: AsyncGenerator<Buffer>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await pieces.next();
      if (next.done === true) controller.close();
      else controller.enqueue(new Uint8Array(next.value));
    },
    cancel: async () => {
      await pieces.return(undefined);
    },
  });
}

async function* unxz(place: BlobPlace): AsyncGenerator<Uint8Array> {
  const stream = new xz.XzReadableStream(webStream(readRange(place))) as unknown as AsyncIterable<Uint8Array>;
  const limit = DEFAULT_LIMITS.layerBytes;
  let written = 0;
  try {
    for await (const piece of stream) {
      written += piece.length;
      if (written > limit) break;
      yield piece;
    }
  } catch (error) {
    throw imageInvalid(`broken xz data: ${error instanceof Error ? error.message : ''}`, place.path);
  }
  if (written > limit) throw imageInvalid(`expands to more than ${limit} bytes`, place.path);
}

/**
 * The archive itself when it is a plain tar; else what it expands to, in a scratch folder.
 * @throws TwinproofError image-invalid, unsupported, storage
 */
export async function expanded(place: BlobPlace): Promise<Expanded> {
  const head = await readAll({ ...place, size: Math.min(place.size, MAGIC_BYTES) });
  const kind = compressionOf(head);
  if (kind === 'none') return { path: place.path, size: place.size, close: () => Promise.resolve() };
  if (!READ.includes(kind)) {
    throw imageUnsupported(`an archive compressed by ${kind}`, place.path, 'uncompress it first');
  }
  const pieces = kind === 'xz' ? unxz(place) : decompress(readRange(place), place.path, DEFAULT_LIMITS);
  return withScratch('archive', async (scratch) => {
    const path = join(scratch.path, 'archive.tar');
    const size = await spool(pieces, path, scratch, { what: `what ${place.path} expands to` });
    return { path, size, close: () => scratch.close() };
  });
}
