import { verifiedBlob } from '../blob.ts';
import { decompress } from '../layers/decompress.ts';
import { Digester, parseDigest } from '../digest.ts';
import { imageInvalid } from '../fault.ts';
import { layerName } from '../layers/layer.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { archiveEnd, fileHeader, filePadding } from '../tar/write.ts';
import type { OciImage, OciLayer } from '../types.ts';

const hexOf = (digest: string): string => parseDigest(digest, 'image').hex;

/** Uncompressed bytes of a layer; fails at the end when they are not what manifest and config say. */
async function* uncompressed(image: OciImage, layer: OciLayer): AsyncGenerator<Buffer> {
  const where = layerName(image, layer);
  const digester = new Digester(layer.diffId, where);
  const blob = verifiedBlob(layer.descriptor, await image.locate(layer.descriptor));
  for await (const piece of decompress(blob, where, DEFAULT_LIMITS)) {
    digester.update(piece);
    yield piece;
  }
  if (digester.digest() !== layer.diffId) {
    throw imageInvalid(
      `its uncompressed bytes have the digest ${digester.digest()}, not ${layer.diffId}`,
      where,
    );
  }
}

async function sizeOf(pieces: AsyncIterable<Buffer>): Promise<number> {
  let size = 0;
  for await (const piece of pieces) size += piece.length;
  return size;
}

/**
 * The image as `docker load` and `POST /images/load` take it: the config byte for byte, so that the image ID becomes
 * the config digest, and layers uncompressed. A tar header names the size first, so each layer is read twice.
 * @param name `repository:tag` under which the engine shall know it
 * @throws TwinproofError image-invalid in the middle of the stream when a layer is not what it should be
 */
export async function* writeDockerArchive(image: OciImage, name: string): AsyncGenerator<Uint8Array> {
  const config = `${hexOf(image.config.digest)}.json`;
  const layers = new Map(image.layers.map((layer) => [`${hexOf(layer.diffId)}.tar`, layer]));
  const list = [
    { Config: config, RepoTags: [name], Layers: image.layers.map(({ diffId }) => `${hexOf(diffId)}.tar`) },
  ];
  yield* smallFile('manifest.json', Buffer.from(JSON.stringify(list)));
  yield* smallFile(config, image.config.bytes);
  for (const [file, layer] of layers) {
    const size = await sizeOf(uncompressed(image, layer));
    yield fileHeader(file, size);
    // Copies: the reader of this stream may be slower than our buffers are reused.
    for await (const piece of uncompressed(image, layer)) yield Buffer.from(piece);
    yield filePadding(size);
  }
  yield archiveEnd();
}

function* smallFile(name: string, bytes: Uint8Array): Generator<Uint8Array> {
  yield fileHeader(name, bytes.length);
  yield bytes;
  yield filePadding(bytes.length);
}
