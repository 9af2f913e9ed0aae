import { readDocument, verifiedBlob } from './blob.ts';
import { parseDescriptor } from './descriptor.ts';
import { parseDigest } from './digest.ts';
import { imageIncomplete, imageInvalid } from './fault.ts';
import { asArray, asObject, asString, parseJson } from './json.ts';
import { MAX_LAYERS } from './limits.ts';
import { isImageConfig } from './media-types.ts';
import type { Artifact, BlobPlace, Descriptor, Document, OciImage, OciLayer } from './types.ts';
import { type Platform, platformText, matchesPlatform } from '../model/platform.ts';

export type Locate = (descriptor: Descriptor) => Promise<BlobPlace>;

/** Where the documents and blobs of images come from: a folder, an archive, a registry. */
export interface Source {
  /** For errors. */
  path: string;
  locate: Locate;
  /** A manifest or index, verified; in a registry it is no blob. */
  readManifest(descriptor: Descriptor): Promise<Document>;
  /** What picks this one of several when it stands behind the reference; null where nothing does. */
  selector?(descriptor: Descriptor): string | null;
  /** Manifests whose `subject` is this one, where the source keeps a list of them. */
  referrers?(digest: string): Promise<Descriptor[]>;
  /** Removes what opening it left in scratch folders. */
  close?(): Promise<void>;
}

interface Parts {
  reference: string;
  index: string | null;
  manifest: Document;
  attestations: Descriptor[];
  source: Source;
  platform: Platform | undefined;
}

async function readConfig(parts: Parts, descriptor: Descriptor): Promise<Document> {
  const { reference, source, manifest } = parts;
  const bytes = await readDocument(descriptor, await locateWith(source)(descriptor));
  const at = `${reference}: config ${descriptor.digest}`;
  const { digest, mediaType } = descriptor;
  // The config of an artifact may be anything.
  const json = isImageConfig(mediaType, manifest.mediaType) ? asObject(parseJson(bytes, at), at) : {};
  return { digest, mediaType, bytes, json };
}

/** Ties layers to the diffIDs of the config, one to one. */
function layersOf({ reference, manifest }: Parts, config: Document): OciLayer[] {
  const where = `${reference}: manifest ${manifest.digest}`;
  const at = `${reference}: config ${config.digest}`;
  const descriptors = blobsOf(manifest, where);
  const rootfs = asObject(config.json.rootfs, `${at}/rootfs`);
  const diffIds = asArray(rootfs.diff_ids, `${at}/rootfs/diff_ids`);
  if (descriptors.length !== diffIds.length) {
    const message = `has ${descriptors.length} layers, its config lists ${diffIds.length}`;
    throw descriptors.length === 0 ? imageIncomplete(message, where) : imageInvalid(message, where);
  }
  return descriptors.map((descriptor, number) => {
    const diffId = asString(diffIds[number], `${at}/rootfs/diff_ids/${number}`);
    parseDigest(diffId, `${at}/rootfs/diff_ids/${number}`);
    return { descriptor, diffId };
  });
}

/** What a manifest lists as its layers. @throws TwinproofError image-invalid */
export function blobsOf(manifest: Document, where: string): Descriptor[] {
  const values = asArray(manifest.json.layers, `${where}/layers`);
  if (values.length > MAX_LAYERS) throw imageInvalid(`has more than ${MAX_LAYERS} layers`, where);
  return values.map((value, number) => parseDescriptor(value, `${where}/layers/${number}`));
}

/** Null for images. Charts, signatures, policies … come as manifests with another config. */
function artifactOf({ manifest, reference }: Parts, config: Descriptor): Artifact | null {
  if (isImageConfig(config.mediaType, manifest.mediaType)) return null;
  const { artifactType } = manifest.json;
  return {
    type: typeof artifactType === 'string' && artifactType !== '' ? artifactType : config.mediaType,
    blobs: blobsOf(manifest, `${reference}: manifest ${manifest.digest}`),
  };
}

function checkPlatform(parts: Parts, config: Document): void {
  const { os, architecture, variant } = config.json;
  if (parts.platform === undefined || typeof os !== 'string' || typeof architecture !== 'string') return;
  const own: Platform = { os, architecture, ...(typeof variant === 'string' ? { variant } : {}) };
  if (matchesPlatform(own, parts.platform)) return;
  const wanted = platformText(parts.platform);
  throw imageInvalid(`is an image for ${platformText(own)}, not ${wanted}`, parts.reference);
}

/** Bytes that a descriptor holds itself go before those of the source; they are checked against its digest like all others. */
function locateWith({ path, locate }: Source): Locate {
  return (descriptor) => {
    const { data, digest } = descriptor;
    if (data === undefined) return locate(descriptor);
    return Promise.resolve({ path: `${path}: data of ${digest}`, offset: 0, size: data.length, data });
  };
}

/** An image from its manifest; reads the config. @throws TwinproofError image-invalid, unsupported */
export async function makeImage(parts: Parts): Promise<OciImage> {
  const { reference, index, manifest, attestations, source } = parts;
  const descriptor = parseDescriptor(
    manifest.json.config,
    `${reference}: manifest ${manifest.digest}/config`,
  );
  const artifact = artifactOf(parts, descriptor);
  const config = await readConfig(parts, descriptor);
  checkPlatform(parts, config);
  const locate = locateWith(source);
  return {
    reference,
    index,
    manifest,
    config,
    layers: artifact === null ? layersOf(parts, config) : [],
    artifact,
    attestations,
    locate,
    readManifest: (wanted) => source.readManifest(wanted),
    readBlob: async function* (wanted) {
      yield* verifiedBlob(wanted, await locate(wanted));
    },
    close: () => source.close?.() ?? Promise.resolve(),
  };
}
