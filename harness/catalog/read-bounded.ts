import { constants, open } from 'node:fs/promises';
import { TwinproofError } from '../errors.ts';

/**
 * Reads a regular file up to one byte more than `limit`, so that the reader can tell that there is more.
 * @throws TwinproofError `catalog-invalid` where there is no such file, it is no regular file, or may not be read
 */
export async function readBounded(path: string, limit: number): Promise<Uint8Array> {
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw new TwinproofError('catalog-invalid', 'it is no file', { where: path });
    // Files in /proc say that they are empty, so that the size is only a first guess.
    let buffer = new Uint8Array(Math.min(stat.size, limit) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length > limit) return buffer.subarray(0, length);
      if (length < buffer.length) continue;
      const larger = new Uint8Array(Math.min(2 * buffer.length, limit + 1));
      larger.set(buffer);
      buffer = larger;
    }
  } catch (cause) {
    if (cause instanceof TwinproofError) throw cause;
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    throw new TwinproofError('catalog-invalid', reason, {
      where: path,
      hint: 'name a catalog file or its folder',
      cause,
    });
  }
}
