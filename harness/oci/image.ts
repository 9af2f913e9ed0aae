import type { Platform } from '../catalog/types.ts';
import { readDocument, verifiedBlob } from './blob.ts';
import { parseDescriptor } from './descriptor.ts';
import { parseDigest } from './digest.ts';
import { imageInvalid, imageUnsupported } from './fault.ts';
import { asArray, asObject, asString, parseJson } from './json.ts';
import { MAX_LAYERS } from './limits.ts';
import { blobKind } from './media-types.ts';
import { matchesPlatform, platformText } from './platform.ts';
import type { BlobPlace, Descriptor, Document, OciImage, OciLayer } from './types.ts';

export type Locate = (descriptor: Descriptor) => Promise<BlobPlace>;

interface Parts {
  reference: string;
  index: string | null;
  manifest: Document;
  attestations: Descriptor[];
  locate: Locate;
  platform: Platform | undefined;
  close?: () => Promise<void>;
}

async function readConfig({ reference, manifest, locate }: Parts): Promise<Document> {
  const where = `${reference}: manifest ${manifest.digest}`;
  const descriptor = parseDescriptor(manifest.json.config, `${where}/config`);
  if (blobKind(descriptor.mediaType) !== 'config') {
    const type = manifest.json.artifactType;
    const kind =
      typeof type === 'string'
        ? `an artifact of type "${type}"`
        : `a config of type "${descriptor.mediaType}"`;
    throw imageUnsupported(`it is ${kind}, not an image`, where);
  }
  const bytes = await readDocument(descriptor, await locate(descriptor));
  const at = `${reference}: config ${descriptor.digest}`;
  return {
    digest: descriptor.digest,
    mediaType: descriptor.mediaType,
    bytes,
    json: asObject(parseJson(bytes, at), at),
  };
}

/** Ties layers to the diffIDs of the config, one to one. */
function layersOf({ reference, manifest }: Parts, config: Document): OciLayer[] {
  const where = `${reference}: manifest ${manifest.digest}`;
  const at = `${reference}: config ${config.digest}`;
  const values = asArray(manifest.json.layers, `${where}/layers`);
  const rootfs = asObject(config.json.rootfs, `${at}/rootfs`);
  const diffIds = asArray(rootfs.diff_ids, `${at}/rootfs/diff_ids`);
  if (values.length > MAX_LAYERS) throw imageInvalid(`has more than ${MAX_LAYERS} layers`, where);
  if (values.length !== diffIds.length) {
    throw imageInvalid(`has ${values.length} layers, its config lists ${diffIds.length}`, where);
  }
  return values.map((value, number) => {
    const diffId = asString(diffIds[number], `${at}/rootfs/diff_ids/${number}`);
    parseDigest(diffId, `${at}/rootfs/diff_ids/${number}`);
    return { descriptor: parseDescriptor(value, `${where}/layers/${number}`), diffId };
  });
}

function checkPlatform(parts: Parts, config: Document): void {
  const { os, architecture, variant } = config.json;
  if (parts.platform === undefined || typeof os !== 'string' || typeof architecture !== 'string') return;
  const own: Platform = { os, architecture, ...(typeof variant === 'string' ? { variant } : {}) };
  if (matchesPlatform(own, parts.platform)) return;
  const wanted = platformText(parts.platform);
  throw imageInvalid(`is an image for ${platformText(own)}, not ${wanted}`, parts.reference);
}

/** An image from its manifest; reads the config. @throws TwinproofError image-invalid, unsupported */
export async function makeImage(parts: Parts): Promise<OciImage> {
  const { reference, index, manifest, attestations, locate } = parts;
  const config = await readConfig(parts);
  checkPlatform(parts, config);
  return {
    reference,
    index,
    manifest,
    config,
    layers: layersOf(parts, config),
    attestations,
    locate,
    readBlob: async function* (descriptor) {
      yield* verifiedBlob(descriptor, await locate(descriptor));
    },
    close: parts.close ?? (() => Promise.resolve()),
  };
}
