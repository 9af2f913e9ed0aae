import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyObject, sign } from 'node:crypto';
import { dsse } from '@sigstore/core';
import { PAYLOAD_TYPE } from '../../attest/dsse.ts';
import { type Described, type TestImage, writeBlob, writeImage, writeIndex } from '../oci/image.ts';

/** Makes layouts for tests that hold an image as somebody published it, with what is kept beside it. */

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DSSE = 'application/vnd.dsse.envelope.v1+json';
export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const EMPTY = 'application/vnd.oci.empty.v1+json';

export interface Layer {
  bytes: Buffer | string;
  mediaType: string;
  annotations?: Record<string, string>;
}

export class Published {
  readonly folder: string;
  /** Of the images by platform, such as `linux/amd64`. */
  readonly images = new Map<string, Described>();
  readonly #index: Described[] = [];
  readonly #entries: Described[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  async image(platform = 'linux/amd64', image: Partial<TestImage> = {}): Promise<string> {
    const [os = '', architecture = ''] = platform.split('/');
    const config = { os, architecture, ...image.config };
    const made = await writeImage(this.folder, { layers: [], ...image, config });
    const described = { ...made, platform: { os, architecture } };
    this.images.set(platform, described);
    this.#index.push(described);
    return made.digest;
  }

  /** An index of all images so far, and of whatever else is to stand in it; it becomes what is published. */
  async index(...more: Described[]): Promise<string> {
    const json = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [...this.#index, ...more] });
    const made = await writeBlob(this.folder, Buffer.from(json), INDEX);
    this.#entries.unshift(named(made, 'latest'));
    await this.write();
    return made.digest;
  }

  /** The index that comes next does not list this image. */
  forget(platform: string): void {
    this.#index.splice(
      this.#index.findIndex(({ digest }) => digest === this.images.get(platform)?.digest),
      1,
    );
  }

  /** The layout does not list the latest index any more. */
  forgetIndex(): void {
    this.#entries.shift();
  }

  /** The first image by itself, without an index. */
  async alone(): Promise<string> {
    const [first] = this.#index;
    if (first === undefined) throw new Error('make an image first');
    const { mediaType, digest, size } = first;
    this.#entries.unshift(named({ mediaType, digest, size }, 'latest'));
    await this.write();
    return digest;
  }

  /** Takes an image that lies in the folder already, as what is published. */
  async take(digest: string): Promise<void> {
    const { length: size } = await readFile(join(this.folder, 'blobs', digest.replace(':', '/')));
    this.#entries.unshift(named({ mediaType: MANIFEST, digest, size }, 'latest'));
    await this.write();
  }

  /** A second name for what lies in the folder already. */
  async name(digest: string, tag: string): Promise<void> {
    const bytes = await readFile(join(this.folder, 'blobs', digest.replace(':', '/')));
    const { mediaType = '' } = JSON.parse(bytes.toString()) as { mediaType?: string };
    this.#entries.push(named({ mediaType, digest, size: bytes.length }, tag));
    await this.write();
  }

  /** What cosign v2 and Tekton Chains push: one manifest under a tag made of the digest. */
  async tag(digest: string, suffix: 'att' | 'sig' | 'sbom', ...layers: Layer[]): Promise<void> {
    const manifest = await this.manifest(layers, {});
    this.#entries.push(named(manifest, `${digest.replace(':', '-')}.${suffix}`));
    await this.write();
  }

  /** What cosign v3 pushes: a manifest with a `subject`, listed under the fallback tag. */
  async refer(digest: string, ...layers: Layer[]): Promise<void> {
    const subject = { mediaType: MANIFEST, digest, size: 1 };
    const artifactType = layers[0]?.mediaType ?? '';
    const manifests = [];
    for (const layer of layers)
      manifests.push({ ...(await this.manifest([layer], { subject, artifactType })), artifactType });
    const json = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests });
    const list = await writeBlob(this.folder, Buffer.from(json), INDEX);
    this.#entries.push(named(list, digest.replace(':', '-')));
    await this.write();
  }

  /** What BuildKit puts into the index beside an image. */
  async buildkit(digest: string, ...layers: Layer[]): Promise<Described> {
    const manifest = await this.manifest(layers, {});
    const annotations = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': digest,
    };
    return { ...manifest, platform: { os: 'unknown', architecture: 'unknown' }, annotations };
  }

  async manifest(layers: readonly Layer[], more: object): Promise<Described> {
    const blobs = [];
    for (const { bytes, mediaType, annotations } of layers)
      blobs.push({ ...(await writeBlob(this.folder, Buffer.from(bytes), mediaType)), annotations });
    const config = await writeBlob(this.folder, Buffer.from('{}'), EMPTY);
    const json = { schemaVersion: 2, mediaType: MANIFEST, config, layers: blobs, ...more };
    return writeBlob(this.folder, Buffer.from(JSON.stringify(json)), MANIFEST);
  }

  async write(): Promise<void> {
    await writeIndex(this.folder, this.#entries);
  }

  /** Flips a bit of a blob. */
  async damage(digest: string): Promise<void> {
    const path = join(this.folder, 'blobs', digest.replace(':', '/'));
    const bytes = await readFile(path);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await writeFile(path, bytes);
  }
}

const named = (described: Described, name: string): Described => ({
  ...described,
  annotations: { 'org.opencontainers.image.ref.name': name },
});

/** An in-toto statement about digests. */
export const statementAbout = (
  digests: readonly string[],
  predicateType: string,
  predicate: unknown,
): string =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: digests.map((digest) => ({
      name: 'registry.example/app',
      digest: { sha256: digest.replace('sha256:', '') },
    })),
    predicateType,
    predicate,
  });

interface Signing {
  keyid?: string;
  hash?: string | null;
  dsaEncoding?: 'der' | 'ieee-p1363';
}

/** A DSSE envelope. */
export function envelope(
  payload: string,
  key: KeyObject,
  { keyid = '', hash = 'sha256', dsaEncoding = 'der' }: Signing = {},
): string {
  const bytes = Buffer.from(payload);
  const sig = sign(hash, dsse.preAuthEncoding(PAYLOAD_TYPE, bytes), { key, dsaEncoding }).toString('base64');
  return JSON.stringify({
    payloadType: PAYLOAD_TYPE,
    payload: bytes.toString('base64'),
    signatures: [{ keyid, sig }],
  });
}

/** A layer of a `.att` manifest. */
export const attestation = (payload: string, key: KeyObject, signing: Signing = {}): Layer => ({
  bytes: envelope(payload, key, signing),
  mediaType: DSSE,
});
