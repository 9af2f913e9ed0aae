import { layerDifferences } from './layer-diff.ts';
import type { LayerPairs } from './layer-pairs.ts';
import { TreeDiff, type Difference } from './tree-diff.ts';
import type { MergedTree, TreeFile } from '../oci/layers/tree.ts';
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
  differences: Difference[];
  /** Layers whose bytes after the last entry differ. */
  trailers: EntryDiff[];
  tree: boolean;
  treeNoTimes: boolean;
}

interface Options {
  ignore: readonly Normalisation[];
  /** Null when there are not equally many layers. */
  layers: LayerPairs | null;
}

function comparePaths(a: Difference, b: Difference): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  const layer = ({ a: one, b: other }: Difference): number => one?.record.layer ?? other?.record.layer ?? 0;
  const position = ({ a: one, b: other }: Difference): number =>
    one?.record.position ?? other?.record.position ?? 0;
  return layer(a) - layer(b) || position(a) - position(b) || (a.a === null ? 1 : 0) - (b.a === null ? 1 : 0);
}

/** Compares what is in the layers of two images: their merged trees, and, where they are aligned, the archives. */
export function compareContent(
  a: MergedTree,
  b: MergedTree,
  { ignore, layers: pairs }: Options,
): ContentResult {
  const ignored = new Set(ignore.flatMap((name) => NORMALISED[name] ?? []));
  const layers = pairs === null ? null : layerDifferences(a, b, pairs.differing);
  const result: ContentResult = { differences: [], trailers: [], tree: true, treeNoTimes: true };
  for (const difference of new TreeDiff(a, b).differences(pairs?.toB ?? null)) {
    const moved =
      difference.a !== null && difference.b !== null && layers?.moved.has(difference.a.record) === true;
    const fields = [...difference.fields, ...(moved ? (['order'] as const) : [])];
    const left = sortFields(fields.filter((field) => !ignored.has(field)));
    const isPair = difference.a !== null && difference.b !== null;
    if (isPair && left.length === 0) continue;
    result.differences.push({ ...difference, fields: left });
    if (!difference.tree) continue;
    const inTree = left.filter((field) => IN_TREE.has(field));
    if (!isPair || inTree.length > 0) result.tree = false;
    if (!isPair || inTree.some((field) => field !== 'mtime')) result.treeNoTimes = false;
  }
  for (const difference of layers?.hidden ?? []) {
    const left = sortFields(difference.fields.filter((field) => !ignored.has(field)));
    const isPair = difference.a !== null && difference.b !== null;
    if (!isPair || left.length > 0) result.differences.push({ ...difference, fields: left });
  }
  result.differences.sort(comparePaths);
  result.trailers = (pairs?.differing ?? []).flatMap((pair) => trailerDiff(a, b, pair));
  return result;
}

const IN_TREE = new Set<Field>(TREE_FIELDS);

type Pair = LayerPairs['differing'][number];

function trailerDiff(a: MergedTree, b: MergedTree, { a: layerA, b: layerB }: Pair): EntryDiff[] {
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
  return {
    path: nameText(path),
    change: a === null ? 'added' : b === null ? 'removed' : 'changed',
    fields,
    a: facts(a, fields),
    b: facts(b, fields),
    layerA: a?.record.layer ?? null,
    layerB: b?.record.layer ?? null,
    causes: [],
  };
}
