import type { Platform } from '../model/platform.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = Record<string, Json>;

/** OCI image-spec "Content Descriptors", as far as it is used here. */
export interface Descriptor {
  mediaType: string;
  /** `sha256:<hex>` or `sha512:<hex>`. */
  digest: string;
  /** Bytes. */
  size: number;
  platform?: Platform;
  annotations?: Record<string, string>;
  /** What an artifact is; absent for images. */
  artifactType?: string;
  /** Where else the bytes can be had (foreign layers); only named, never fetched. */
  urls?: string[];
  /** The bytes themselves, as the descriptor holds them; not verified yet. */
  data?: Uint8Array;
}

/** Bytes of a blob inside a local file; every transport brings its blobs into this form. */
export interface BlobPlace {
  path: string;
  /** Bytes from the start of the file. */
  offset: number;
  /** Bytes. */
  size: number;
  /** The bytes, where a descriptor holds them itself; then `path` only names the place. */
  data?: Uint8Array;
}

/** A JSON document whose digest was verified (or computed, where nothing claims one). */
export interface Document {
  digest: string;
  mediaType: string;
  bytes: Uint8Array;
  json: JsonObject;
}

export interface OciLayer {
  descriptor: Descriptor;
  /** Digest of the uncompressed tar, as the config claims it; checked when the layer is read. */
  diffId: string;
}

/** What a manifest holds when it is not an image (OCI image-spec manifest.md, "Guidelines for Artifact Usage"). */
export interface Artifact {
  /** `artifactType`, or the media type of the config. */
  type: string;
  blobs: Descriptor[];
}

/** One image of one platform. Everything in it comes from somebody else and is only verified, not trusted. */
export interface OciImage {
  /** As it was asked for. */
  reference: string;
  /** Digest of the image index it was picked from, or null where a manifest stands alone. */
  index: string | null;
  manifest: Document;
  config: Document;
  /** Empty for an artifact. */
  layers: OciLayer[];
  /** Not an image but something else that is kept like one; null for images. */
  artifact: Artifact | null;
  /** Manifests that speak about this one: build provenance, SBOMs, signatures. Found beside it, not part of it. */
  attestations: Descriptor[];
  /** A manifest that is not part of the image, verified. */
  readManifest(descriptor: Descriptor): Promise<Document>;
  /** Where a blob lies; `image-invalid` when it is missing or has another size than the descriptor says. */
  locate(descriptor: Descriptor): Promise<BlobPlace>;
  /** The bytes of a blob. Fails with `image-invalid` at the end when size or digest are not the descriptor's. */
  readBlob(descriptor: Descriptor): AsyncIterable<Uint8Array>;
  /** Removes what opening it left in scratch folders. */
  close(): Promise<void>;
}

/** Bounds on what an image may make this process do; sizes in bytes. */
export interface ReadLimits {
  /** Uncompressed bytes of one layer. */
  layerBytes: number;
  /** Uncompressed bytes for one compressed byte, once a layer is larger than 4 GiB. */
  expansion: number;
  /** Entries of all layers together. */
  entries: number;
  /** Names, link targets and extended attributes of all entries together. */
  metadataBytes: number;
  /** Zeros that sparse files may stand for in one layer. */
  holeBytes: number;
}
