import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OciImage } from '../oci/types.ts';
import { crossCheck } from './cross-check.ts';
import { confirmDigest, confirmStart } from './confirm.ts';

const digest = (bytes: Uint8Array, algorithm = 'sha256'): string =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;

/** An image as far as digests go; `read` counts the bytes of blobs asked for. */
function image(sizes: readonly number[], wrong = false): { image: OciImage; read: () => number } {
  let read = 0;
  const document = { digest: digest(Buffer.from('{}')), bytes: Buffer.from('{}') };
  const blobs = sizes.map((size, at) => Buffer.alloc(size, at + 1));
  const layers = blobs.map((blob) => ({
    descriptor: { digest: wrong ? digest(Buffer.from('?')) : digest(blob), size: blob.length, at: blob },
  }));
  const readBlob = async function* ({ at }: { at: Buffer }): AsyncGenerator<Buffer> {
    for (let done = 0; done < at.length; done += 65_536) {
      const piece = at.subarray(done, done + 65_536);
      read += piece.length;
      yield await Promise.resolve(piece);
    }
  };
  const parts = { reference: 'x', manifest: document, config: document, layers, readBlob };
  return { image: parts as unknown as OciImage, read: () => read };
}

describe('the second opinion', () => {
  it.each(['sha256', 'sha512'])('agrees on %s of any bytes, however they come', async (algorithm) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), async (pieces) => {
        await confirmDigest(digest(Buffer.concat(pieces), algorithm), pieces, 'x');
        await confirmStart(digest(Buffer.concat(pieces), algorithm), pieces, 'x');
      }),
    );
  });

  it('says so when the two disagree', async () => {
    const other = digest(Buffer.from('other'));
    await expect(confirmDigest(other, [Buffer.from('bytes')], 'x')).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('two hash libraries disagree') as string,
    });
    await expect(crossCheck([image([10], true).image], false)).rejects.toMatchObject({
      code: 'internal',
    });
    await expect(crossCheck([image([2 ** 20], true).image], true)).rejects.toMatchObject({
      code: 'internal',
    });
  });

  it('samples small blobs whole and large ones at their start, all of them only when asked', async () => {
    const small = image([1000, 2000]);
    await crossCheck([small.image, small.image], false);
    // Both images have the same blobs: each is read once.
    expect(small.read()).toBe(3000);
    const large = image([2 ** 20, 3 * 2 ** 20]);
    await crossCheck([large.image], false);
    expect(large.read()).toBe(2 * 65_536);
    await crossCheck([large.image], true);
    expect(large.read()).toBe(2 * 65_536 + 4 * 2 ** 20);
  });
});
