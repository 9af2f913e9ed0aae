import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openImage } from '../open.ts';
import { tar } from '../../testing/oci/tar/tar.ts';
import { digestOf, scratch, writeBlob, writeImage, writeIndex } from '../../testing/oci/image.ts';
import type { OciImage } from '../types.ts';
import { OPTIONS, startRegistry } from '../../testing/oci/registry/registry.ts';

const layer = tar([{ name: 'a', content: 'hello' }]);
const TYPE = 'application/vnd.oci.image.layer.v1.tar';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** An image in a registry whose manifest has these layers in place of its own. */
async function opened(folder: string, layers: unknown[] | null): Promise<OciImage & AsyncDisposable> {
  vi.stubEnv('TWINPROOF_CACHE', join(folder, 'cache'));
  const manifest = layers === null ? {} : { layers };
  await writeIndex(folder, [await writeImage(folder, { layers: [layer], compress: 'none', manifest })]);
  const registry = await startRegistry(folder);
  const image = await openImage(`docker://${registry.host}/r/image`, { registry: OPTIONS });
  return {
    ...image,
    [Symbol.asyncDispose]: async () => {
      await image.close();
      await registry[Symbol.asyncDispose]();
    },
  };
}

async function first(image: OciImage): Promise<string> {
  const [only] = image.layers;
  if (only === undefined) throw new Error('no layer');
  return (await image.locate(only.descriptor)).path;
}

describe('blobs of a registry', () => {
  it('are downloaded once, into scratch, which goes with the image', async () => {
    await using folder = await scratch();
    const image = await opened(folder.path, null);
    const [path, again] = await Promise.all([first(image), first(image)]);
    expect(again).toBe(path);
    expect(await readFile(path)).toEqual(layer);
    await image[Symbol.asyncDispose]();
    expect(await readdir(join(folder.path, 'cache/scratch'))).toEqual([]);
  });

  it('are refused before a byte is asked for when they are larger than a layer or the disk', async () => {
    for (const [size, code] of [
      [10 ** 13, 'image-invalid'],
      [250 * 2 ** 30, 'storage'],
    ] as const) {
      await using folder = await scratch();
      await using image = await opened(folder.path, [{ mediaType: TYPE, digest: digestOf(layer), size }]);
      // A machine with so much room takes the answer's size for what it is: wrong.
      const expected = code === 'storage' ? /storage|image-invalid/ : /image-invalid/;
      await expect(first(image)).rejects.toMatchObject({ code: expect.stringMatching(expected) as string });
    }
  });

  it('that are foreign and not there are unsupported, by their address', async () => {
    await using folder = await scratch();
    const away = { mediaType: `${TYPE}+gzip`, digest: digestOf(Buffer.from('away')), size: 4 };
    await using image = await opened(folder.path, [{ ...away, urls: ['https://example.org/blob'] }]);
    await expect(first(image)).rejects.toMatchObject({
      code: 'unsupported',
      message: 'a foreign layer whose bytes are not here, only at https://example.org/blob',
    });
  });

  it('may be in the descriptor', async () => {
    await using folder = await scratch();
    const blob = await writeBlob(folder.path, layer, TYPE);
    await using image = await opened(folder.path, [{ ...blob, data: layer.toString('base64') }]);
    expect(await first(image)).toContain(': data of sha256:');
  });
});
