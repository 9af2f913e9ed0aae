import type { ReadLimits } from './types.ts';

const gibibyte = 2 ** 30;

/** Wide enough for any real image; see docs/diff.md. */
export const DEFAULT_LIMITS: ReadLimits = {
  layerBytes: 256 * gibibyte,
  expansion: 500,
  entries: 2_000_000,
  metadataBytes: gibibyte / 2,
  holeBytes: 8 * gibibyte,
};

/** Manifests, indexes and configs above this are refused; registries refuse manifests above 4 MiB. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** Nesting of JSON in manifests and configs. */
export const MAX_JSON_DEPTH = 100;
/** Indexes inside indexes. */
export const MAX_INDEX_DEPTH = 4;
/** Indexes read to find one image. */
export const MAX_INDEXES = 64;
/** Attestations and other manifests about one image that are looked at. */
export const MAX_ATTESTATIONS = 256;
/** Manifests that refer to one image, and files of theirs that are looked at. */
export const MAX_REFERRERS = 10_000;
/** Layers of one image; engines stop at 127. */
export const MAX_LAYERS = 4096;
/** One PAX header or GNU long name. */
export const MAX_EXTENSION_BYTES = 1024 * 1024;
