import { ReadableStream } from 'node:stream/web';
// A CommonJS bundle whose names Node cannot see.
import xz from 'xz-decompress';

/**
 * Decompressed bytes of an .xz file, at most `limit` of them.
 * @param tooLong makes the error when there are more
 * @throws Error when the data is broken
 */
export async function* unxz(bytes: Uint8Array, limit: number, tooLong: () => Error): AsyncGenerator<Buffer> {
  let total = 0;
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (let at = 0; at < bytes.length; at += 65536) controller.enqueue(bytes.subarray(at, at + 65536));
      controller.close();
    },
  });
  for await (const chunk of new xz.XzReadableStream(source) as unknown as AsyncIterable<Uint8Array>) {
    total += chunk.length;
    if (total > limit) throw tooLong();
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}
