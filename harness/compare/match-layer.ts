import { Column } from '../oci/layers/columns.ts';
import type { MergedLayers } from '../oci/layers/merge.ts';
import { NONE } from '../oci/layers/shown.ts';

/** Which entries of one layer belong together; all by number of record. */
export interface Matched {
  /** The first record of the layer in A. */
  from: number;
  /** For each of A's, the one of B; NONE where there is none. */
  partners: Int32Array;
  onlyB: number[];
  /** The same paths in the same order, as twins mostly have them: then each belongs to the one across. */
  isInStep: boolean;
}

type Range = [from: number, to: number];

function inStep(a: MergedLayers, b: MergedLayers, [fromA, toA]: Range, [fromB, toB]: Range): boolean {
  if (toA - fromA !== toB - fromB) return false;
  for (let at = 0; at < toA - fromA; at++) {
    if (!a.records.samePath(fromA + at, b.records, fromB + at)) return false;
  }
  return true;
}

/** By path; of several with one path the last is what counts, so they are matched from the end. */
function byPath(a: MergedLayers, b: MergedLayers, [fromA, toA]: Range, [fromB, toB]: Range): Matched {
  const { paths } = a;
  // The last of B's records with each path that is still to be had, and the one before each.
  const last = new Column(NONE);
  const before = new Int32Array(toB - fromB);
  for (let record = fromB; record < toB; record++) {
    const path = paths.addPath(b.records.path(record));
    before[record - fromB] = last.get(path);
    last.set(path, record);
  }
  const partners = new Int32Array(toA - fromA);
  const taken = new Uint8Array(toB - fromB);
  for (let record = toA - 1; record >= fromA; record--) {
    const path = paths.addPath(a.records.path(record));
    const other = last.get(path);
    partners[record - fromA] = other;
    if (other === NONE) continue;
    taken[other - fromB] = 1;
    last.set(path, before[other - fromB] ?? NONE);
  }
  const onlyB: number[] = [];
  for (const [at, isTaken] of taken.entries()) if (isTaken === 0) onlyB.push(fromB + at);
  return { from: fromA, partners, onlyB, isInStep: false };
}

/** Matches the entries of two layers, as they stand in the archives. */
export function matchLayer(a: MergedLayers, b: MergedLayers, layers: { a: number; b: number }): Matched {
  const [rangeA, rangeB] = [a.records.layer(layers.a), b.records.layer(layers.b)];
  if (!inStep(a, b, rangeA, rangeB)) return byPath(a, b, rangeA, rangeB);
  const partners = Int32Array.from({ length: rangeA[1] - rangeA[0] }, (_, at) => rangeB[0] + at);
  return { from: rangeA[0], partners, onlyB: [], isInStep: true };
}
