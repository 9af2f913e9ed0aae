import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { sha256 } from '../../model/digest.ts';

/** Makes image layouts for tests. */

export interface TestImage {
  layers: Buffer[];
  compress?: 'none' | 'gzip' | 'zstd';
  created?: string;
  /** Laid over the config. */
  config?: Record<string, unknown>;
  /** Laid over the manifest. */
  manifest?: Record<string, unknown>;
}

export interface Described {
  mediaType: string;
  digest: string;
  size: number;
  [key: string]: unknown;
}

export function digestOf(bytes: Buffer): string {
  return sha256(bytes);
}

/** A folder for one test, removed by `using`. */
export async function scratch(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'twinproof-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export async function writeBlob(folder: string, bytes: Buffer, mediaType: string): Promise<Described> {
  const digest = digestOf(bytes);
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
  await writeFile(join(folder, 'blobs', digest.replace(':', '/')), bytes);
  return { mediaType, digest, size: bytes.length };
}

const OCI = 'application/vnd.oci.image';
const SUFFIX = { none: '', gzip: '+gzip', zstd: '+zstd' } as const;

function compressed(layer: Buffer, kind: 'none' | 'gzip' | 'zstd'): Buffer {
  return kind === 'none' ? layer : kind === 'gzip' ? gzipSync(layer) : zstdCompressSync(layer);
}

/** Config, layers and manifest of one image. @returns the manifest's descriptor */
export async function writeImage(folder: string, image: TestImage): Promise<Described> {
  const kind = image.compress ?? 'gzip';
  const layers: Described[] = [];
  for (const layer of image.layers) {
    layers.push(await writeBlob(folder, compressed(layer, kind), `${OCI}.layer.v1.tar${SUFFIX[kind]}`));
  }
  const config = {
    created: image.created ?? '2026-01-01T00:00:00Z',
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: image.layers.map(digestOf) },
    ...image.config,
  };
  const configBlob = await writeBlob(folder, Buffer.from(JSON.stringify(config)), `${OCI}.config.v1+json`);
  const mediaType = `${OCI}.manifest.v1+json`;
  const manifest = { schemaVersion: 2, mediaType, config: configBlob, layers, ...image.manifest };
  return writeBlob(folder, Buffer.from(JSON.stringify(manifest)), mediaType);
}

export async function writeIndex(folder: string, manifests: readonly unknown[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

/** A layout with one image. @returns its reference */
export async function writeLayout(folder: string, image: TestImage): Promise<string> {
  await writeIndex(folder, [await writeImage(folder, image)]);
  return `oci:${folder}`;
}
