import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { Random } from '../../../bench/images/random.ts';
import { digestOf, writeBlob, writeIndex } from '../../../harness/testing/oci/image.ts';
import type { Json } from '../../../harness/oci/types.ts';
import { documentBytes } from './documents.ts';
import { compressed, mutated, randomTar, withOddContent, withOddHeader } from './mutate.ts';

const OCI = 'application/vnd.oci.image';

/** What is known of an image that was made, whatever readers may say of it. */
export interface Side {
  /** The tar that its config claims, and whether the blob really holds it. */
  layer: Buffer;
  faithful: boolean;
  /** The documents are as they should be. */
  plain: boolean;
  config: Buffer;
  manifest: Buffer;
}

/** What zlib itself makes of a blob; null where it is broken. */
function unpacked(blob: Buffer): Buffer | null {
  try {
    if (blob.readUInt16BE(0) === 0x1f8b) return gunzipSync(blob, { maxOutputLength: 2 ** 24 });
    if (blob.readUInt32BE(0) === 0x28b52ffd) return zstdDecompressSync(blob, { maxOutputLength: 2 ** 24 });
    return blob;
  } catch {
    return blob.length < 4 ? blob : null;
  }
}

type Written = (json: unknown) => Buffer;

/** A layout with one layer; digests are right all the way up, the documents are what `written` makes of them. */
async function writeSide(random: Random, folder: string, layer: Buffer, written: Written): Promise<Side> {
  const whole = compressed(random, layer);
  const blob = random.below(4) === 0 ? mutated(random, whole) : whole;
  const described = await writeBlob(folder, blob, `${OCI}.layer.v1.tar`);
  const good = {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    history: [{ created_by: 'x' }],
  };
  const config = written(good);
  const mediaType = `${OCI}.manifest.v1+json`;
  const parts = { config: await writeBlob(folder, config, `${OCI}.config.v1+json`), layers: [described] };
  const wanted = { schemaVersion: 2, mediaType, ...parts };
  const manifest = written(wanted);
  await writeIndex(folder, [await writeBlob(folder, manifest, mediaType)]);
  const plain = config.equals(plainly(good)) && manifest.equals(plainly(wanted));
  return { layer, faithful: unpacked(blob)?.equals(layer) === true, plain, config, manifest };
}

const plainly: Written = (json) => Buffer.from(JSON.stringify(json));

/** Documents of two images: as they should be, odd on one side, or odd in the same way on both. */
function documentsOf(random: Random): [Written, Written] {
  const kind = random.below(4);
  if (kind < 2) return [plainly, plainly];
  const seed = random.word();
  const oddly = (): Written => {
    const own = new Random(seed);
    return (json) => documentBytes(own, json as Json);
  };
  return [kind === 2 ? plainly : oddly(), oddly()];
}

/** Another tar, mostly much like this one. */
function other(random: Random, tar: Buffer): Buffer {
  const kind = random.below(8);
  if (kind < 2) return tar;
  if (kind === 2) return withOddHeader(random, tar);
  return kind === 3 ? withOddContent(random, tar) : mutated(random, tar);
}

/** Two images that have much in common. @returns what is known of them */
export async function writePair(random: Random, folder: string): Promise<[Side, Side]> {
  const whole = randomTar(random);
  const one = random.below(2) === 0 ? whole : mutated(random, whole);
  const [forA, forB] = documentsOf(random);
  const a = await writeSide(random, `${folder}/a`, one, forA);
  return [a, await writeSide(random, `${folder}/b`, other(random, one), forB)];
}
