import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { link, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { writeBlob, writeIndex } from '../../harness/testing/oci/image.ts';
import { layerTar, type Change, type Shape } from './entries.ts';

const OCI = 'application/vnd.oci.image';

export interface Layer {
  path: string;
  digest: string;
  diffId: string;
  size: number;
}

/** Passes pieces on in lots: many small headers would cost more than the compression. */
function* lots(pieces: Iterable<Buffer>, see: (lot: Buffer) => void): Generator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    parts.push(piece);
    length += piece.length;
    if (length < 1024 * 1024) continue;
    const lot = Buffer.concat(parts);
    see(lot);
    yield lot;
    parts = [];
    length = 0;
  }
  const rest = Buffer.concat(parts);
  see(rest);
  yield rest;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(piece as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** Writes a gzip layer. @param level of compression; 6 is what builders use */
async function makeLayer(path: string, shape: Shape, change: Change, level: number): Promise<Layer> {
  const hash = createHash('sha256');
  const source = Readable.from(lots(layerTar(shape, change), (lot) => hash.update(lot)));
  await mkdir(dirname(path), { recursive: true });
  await pipeline(source, createGzip({ level, chunkSize: 256 * 1024 }), createWriteStream(path));
  const { size } = await stat(path);
  return { path, digest: await digestOf(path), diffId: `sha256:${hash.digest('hex')}`, size };
}

async function makeLayout(folder: string, layer: Layer): Promise<void> {
  const blob = join(folder, 'blobs', layer.digest.replace(':', '/'));
  await mkdir(dirname(blob), { recursive: true });
  await rename(layer.path, blob);
  const rootfs = { type: 'layers', diff_ids: [layer.diffId] };
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs }));
  const manifest = {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: await writeBlob(folder, config, `${OCI}.config.v1+json`),
    layers: [{ mediaType: `${OCI}.layer.v1.tar+gzip`, digest: layer.digest, size: layer.size }],
  };
  const described = await writeBlob(folder, Buffer.from(JSON.stringify(manifest)), manifest.mediaType);
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  await writeIndex(folder, [{ ...described, annotations }]);
  // Under a plain name as well, for the tools that know nothing of layouts.
  await link(blob, join(folder, 'layer.tar.gz'));
}

/**
 * An OCI layout with one image of one layer, made anew unless it is there already.
 * @returns the folder; the layer is `layer.tar.gz` in it
 */
export async function makeImage(folder: string, shape: Shape, change: Change, level = 6): Promise<string> {
  const done = join(folder, 'made');
  if (existsSync(done)) return folder;
  await rm(folder, { recursive: true, force: true });
  await makeLayout(folder, await makeLayer(join(folder, 'layer.tmp'), shape, change, level));
  await writeFile(done, '');
  return folder;
}
