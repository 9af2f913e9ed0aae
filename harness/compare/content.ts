import type { MergedLayers, TreeFile } from '../oci/layers/merge.ts';
import { LayerDiff } from './layer-diff.ts';
import type { LayerPairs } from './layer-pairs.ts';
import { Prioritised } from './prioritise.ts';
import { TreeDiff, type Difference } from './tree-diff.ts';
import { TREE_FIELDS, type EntryDiff, type EntryFacts, type Field, type Normalisation } from './types.ts';
import { sortFields } from './fields.ts';
import { factsOf } from './facts.ts';
import { nameText } from '../oci/names.ts';

/** Fields that each normalisation takes away. */
const NORMALISED: Partial<Record<Normalisation, readonly Field[]>> = {
  times: ['mtime', 'atime', 'ctime'],
  order: ['order'],
};

export interface ContentResult {
  /** Those that there is room for. */
  differences: readonly Difference[];
  /** Layers whose bytes after the last entry differ. */
  trailers: EntryDiff[];
  tree: boolean;
  treeNoTimes: boolean;
  /** How many differences and trailers there are in all. */
  total: number;
}

interface Options {
  ignore: readonly Normalisation[];
  /** Null when there are not equally many layers. */
  layers: LayerPairs | null;
  /** Differences and trailers to keep; what holds is decided by all of them. */
  room: number;
}

/** Compares what is in the layers of two images: their merged trees, and, where they are aligned, the archives. */
export function compareContent(
  a: MergedLayers,
  b: MergedLayers,
  { ignore, layers: pairs, room }: Options,
): ContentResult {
  const ignored = new Set(ignore.flatMap((name) => NORMALISED[name] ?? []));
  const trailers = (pairs?.differing ?? []).flatMap((pair) => trailerDiff(a, b, pair));
  const found = new Prioritised(Math.max(0, room - trailers.length));
  const holds = { tree: true, treeNoTimes: true };
  for (const difference of differences(a, b, pairs)) {
    const left = sortFields(difference.fields.filter((field) => !ignored.has(field)));
    const isPair = difference.a !== null && difference.b !== null;
    if (isPair && left.length === 0) continue;
    found.add({ ...difference, fields: left });
    if (!difference.tree) continue;
    const inTree = left.filter((field) => IN_TREE.has(field));
    if (!isPair || inTree.length > 0) holds.tree = false;
    if (!isPair || inTree.some((field) => field !== 'mtime')) holds.treeNoTimes = false;
  }
  return { ...holds, differences: found.shown(), trailers, total: found.total + trailers.length };
}

function* differences(a: MergedLayers, b: MergedLayers, pairs: LayerPairs | null): Generator<Difference> {
  const layers = pairs === null ? null : new LayerDiff(a, b, pairs.differing);
  yield* new TreeDiff(a, b).differences(pairs?.toB ?? null, (record) => layers?.moved(record) === true);
  if (layers !== null) yield* layers.hidden();
}

const IN_TREE = new Set<Field>(TREE_FIELDS);

type Pair = LayerPairs['differing'][number];

function trailerDiff(a: MergedLayers, b: MergedLayers, { a: layerA, b: layerB }: Pair): EntryDiff[] {
  const one = a.trailers[layerA];
  const other = b.trailers[layerB];
  if (one === undefined || other === undefined) return [];
  if (one.size === other.size && one.sha256 === other.sha256) return [];
  return [
    {
      // No entry, so no path: it is what follows the last one.
      path: '',
      change: 'changed',
      fields: ['trailer'],
      a: { type: 'trailer', ...one },
      b: { type: 'trailer', ...other },
      layerA,
      layerB,
      causes: [],
    },
  ];
}

function facts(file: TreeFile | null, fields: readonly Field[]): EntryFacts | null {
  return file === null ? null : factsOf(file, fields);
}

/** A difference as cli.md shows it. */
export function entryDiff({ path, a, b, fields }: Difference): EntryDiff {
  const [one, other] = [a?.read() ?? null, b?.read() ?? null];
  return {
    path: nameText(path),
    change: a === null ? 'added' : b === null ? 'removed' : 'changed',
    fields,
    a: facts(one, fields),
    b: facts(other, fields),
    layerA: one?.record.layer ?? null,
    layerB: other?.record.layer ?? null,
    causes: [],
  };
}
