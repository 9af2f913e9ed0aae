/** What a rebuild needs to know, or may need to. */
export const FIELDS = [
  'repository',
  'ref',
  'commit',
  'containerfile',
  'context',
  'arguments',
  'argumentsFile',
  'labels',
  'annotations',
  'target',
  'platform',
  'sourceDateEpoch',
  'rewriteTimestamp',
  'omitHistory',
  'inheritLabels',
  'skipUnusedStages',
  'squash',
  'builder',
  'task',
  'toolVersion',
  'baseImages',
  'prefetch',
  'hermetic',
  'injections',
  'injectedFiles',
  'injectedLabels',
  'environmentFile',
  'privileges',
] as const;
export type Field = (typeof FIELDS)[number];
export type Value = string | string[];

/** Where a value stands: `a1#/predicate/…`, `label NAME`, an entry of the image's history, `default`. */
export type ValueSource =
  | { kind: 'attestation'; id: string; pointer: string; verified: boolean }
  | { kind: 'label'; name: string }
  | { kind: 'history'; entry: number }
  | { kind: 'source'; path: string }
  | { kind: 'given'; option: string }
  | { kind: 'default'; because: string };

/** One source's word on one field. */
export interface Fact {
  field: Field;
  value: Value;
  from: ValueSource;
}

/** A value of the recipe, and what other sources say that is not the same. */
export interface Reading extends Fact {
  contradictedBy: { value: Value; from: ValueSource }[];
}

/** What keeps an image from being rebuilt; the codes are those of errors (docs/model.md) where there is one. */
export interface Missing {
  code: 'recipe-incomplete' | 'builder-unresolved';
  /** Null where the form of the provenance lacks it as a whole. */
  field: Field | null;
  what: string;
}

export interface Recipe {
  platform: string;
  digest: string;
  /** What wrote the provenance; null where only labels are there. */
  form: string | null;
  /** The attestation it is read from. */
  from: string | null;
  verified: boolean;
  readings: Reading[];
  /** Everything that a rebuild lacks, not only the first. */
  missing: Missing[];
}

/** What a reader of one form of provenance gets to see. */
export interface Provenance {
  id: string;
  verified: boolean;
  predicateType: string;
  predicate: unknown;
}

/** The image that a recipe is for. */
export interface Target {
  digest: string;
  platform: string;
  /** Digest of what the reference leads to, which may be the index. */
  top: string;
}

export interface Told {
  form: string;
  facts: Fact[];
  missing: Missing[];
}
