import type { InsideDiff } from '../inside/types.ts';
import type { PackageOwner } from '../packages/types.ts';
import type { Json } from '../oci/types.ts';
import type { Rung, ReachedRung } from '../model/rungs.ts';
import type { Confidence } from '../model/confidence.ts';

/** What may be normalised, by name only. */
export const NORMALISATIONS = ['times', 'order', 'compression'] as const;
export type Normalisation = (typeof NORMALISATIONS)[number];

/** Fields of an entry that are part of the merged tree. */
export const TREE_FIELDS = [
  'content',
  'mode',
  'uid',
  'gid',
  'size',
  'mtime',
  'type',
  'linkname',
  'device',
  'xattrs',
] as const;

/** Fields of an entry that can differ; those beyond the tree's say how the archive is written. */
export const FIELDS = [
  ...TREE_FIELDS,
  'order',
  'uname',
  'gname',
  'atime',
  'ctime',
  'dialect',
  'header',
  'layer',
  'trailer',
] as const;
export type Field = (typeof FIELDS)[number];

/** One entry of a layer as it is shown. */
export interface EntryFacts {
  type: string;
  /** Octal, four digits. */
  mode?: string;
  uid?: number;
  gid?: number;
  /** Bytes. */
  size?: number;
  /** ISO 8601, UTC, with as many digits after the second as there are. */
  mtime?: string;
  /** Of the content, hex. */
  sha256?: string;
  linkname?: string;
  /** `major:minor`. */
  device?: string;
  /** Value as text where it is printable, else `0x` and hex. */
  xattrs?: Record<string, string>;
  uname?: string;
  gname?: string;
  atime?: string | null;
  ctime?: string | null;
  dialect?: string;
}

export interface Cause {
  id: string;
  confidence: Confidence;
  evidence: string;
  fix: string;
  /** It could also be this one; others are likelier. */
  alternative?: true;
  /** About how many of the bytes that differ in the file it accounts for; absent where no content was looked at. */
  bytes?: number;
}

/** The step of the recipe that made a layer, from the config's history. */
export interface Instruction {
  /** Number of the history entry, counted from 0. */
  history: number;
  /** `created_by`, bounded; empty where the history does not say. */
  createdBy: string;
}

export interface EntryDiff {
  path: string;
  change: 'added' | 'removed' | 'changed';
  /** All that differ, in the order of FIELDS; empty for added and removed. */
  fields: Field[];
  /** Null when it is not there. */
  a: EntryFacts | null;
  b: EntryFacts | null;
  /** Number of the layer it comes from, counted from 0. */
  layerA: number | null;
  layerB: number | null;
  /** What made the layer; null where the history does not fit the layers, absent in results of older versions. */
  instructionA?: Instruction | null;
  instructionB?: Instruction | null;
  /** The package that owns the path; null where none does or it cannot be determined. */
  packageA?: PackageOwner | null;
  packageB?: PackageOwner | null;
  causes: Cause[];
  /** Unified text, bounded; absent for binary. */
  diff?: string;
  /** For a file whose content differs: where in it. */
  inside?: InsideDiff;
}

/** Where two JSON documents differ (RFC 6901 pointer); `a` or `b` is absent when the value is. */
export interface PointerDiff {
  pointer: string;
  a?: Json;
  b?: Json;
  /** Why; absent where nothing was explained, or where it follows from other differences. */
  causes?: Cause[];
}

export interface Side {
  ref: string;
  index: string | null;
  manifest: string;
  config: string;
  diffIds: string[];
}

/** A statement about an image (provenance, SBOM, signature …): compared apart, never checked against a rung. */
export interface AttestationDiff {
  /** Its in-toto predicate type, or what kind of artifact it is. */
  kind: string;
  change: 'same' | 'changed' | 'added' | 'removed';
  /** Digest of the statement; of its manifest, where that is not there to be read. */
  a: string | null;
  b: string | null;
  /** Where the two JSON documents differ, the first hundred; empty for what is no JSON or too large. */
  differences: PointerDiff[];
  /** True when there are more than those, or they were not looked for. */
  truncated: boolean;
}

/** A layer whose media type says another compression than its bytes have. */
export interface WrongMediaType {
  image: 'a' | 'b';
  layer: number;
  mediaType: string;
  /** `gzip`, `zstd`, `none` … */
  stored: string;
}

/** `twinproof/diff/v1` of cli.md; schema: diff.schema.json. */
export interface DiffResult {
  schema: 'twinproof/diff/v1';
  a: Side;
  b: Side;
  /** The first rung that holds. */
  rung: ReachedRung;
  /** Whether the rung asked for, or a stronger one, holds. */
  identical: boolean;
  normalised: Normalisation[];
  rungs: Record<Rung, boolean>;
  /** Why indexes differ although the manifests do not; absent unless explained. */
  index?: PointerDiff[];
  config: PointerDiff[];
  manifest: PointerDiff[];
  /** Layers with the same content at different places; absent where there are none. */
  movedLayers?: { a: number; b: number }[];
  /** Layers whose media type lies about their bytes; absent where there are none. */
  mediaTypes?: WrongMediaType[];
  /** Types of two artifacts, which have blobs in place of a root filesystem; null for images. */
  artifact: { a: string; b: string } | null;
  entries: EntryDiff[];
  /** Sorted by kind. */
  attestations: AttestationDiff[];
  /** True when there are more entries than were asked for. */
  truncated: boolean;
}

export interface CompareOptions {
  /** What counts as equal; `config` when not given. */
  rung?: string;
  ignore?: readonly string[];
  /** Entries in the result; all when not given. */
  maxDiffs?: number;
  /** Let the second hash library check all blobs, not only manifests and configs; slow. */
  paranoid?: boolean;
  /** Read each image in a thread of its own; when not given, where there is much to read. */
  threads?: boolean;
}
