import type { MergedLayers } from '../oci/layers/merge.ts';
import { NONE } from '../oci/layers/shown.ts';
import { entryFields } from './fields.ts';
import type { LayerPairs } from './layer-pairs.ts';
import { matchLayer, type Matched } from './match-layer.ts';
import { movedItems } from './order.ts';
import type { Difference } from './tree-diff.ts';
import type { Field } from './types.ts';

/** Whether every entry of every layer is what the merged tree shows at some path. */
function showsAll(tree: MergedLayers): boolean {
  return tree.size === tree.records.length;
}

/** Marks the records that the merged tree shows. */
function shownRecords(tree: MergedLayers): Uint8Array {
  const marks = new Uint8Array(tree.records.length);
  for (const path of tree.shown()) marks[tree.record(path)] = 1;
  return marks;
}

/** Compares each layer with the one that it belongs to. */
export class LayerDiff {
  readonly #a: MergedLayers;
  readonly #b: MergedLayers;
  readonly #matched: Matched[] = [];
  /** Marks the records of A that stand at another place among those that both layers have. */
  readonly #moved: Uint8Array;
  readonly #hasHidden: boolean;

  constructor(a: MergedLayers, b: MergedLayers, differing: LayerPairs['differing']) {
    this.#a = a;
    this.#b = b;
    this.#moved = new Uint8Array(a.records.length);
    this.#hasHidden = !showsAll(a) || !showsAll(b);
    for (const pair of differing) {
      const matched = matchLayer(a, b, pair);
      this.#markMoved(matched);
      if (this.#hasHidden) this.#matched.push(matched);
    }
  }

  moved(record: number): boolean {
    return this.#moved[record] === 1;
  }

  /** Entries that the merged tree does not show: overwritten, removed by a later layer, whiteouts. */
  *hidden(): Generator<Difference> {
    if (!this.#hasHidden) return;
    const [shownA, shownB] = [shownRecords(this.#a), shownRecords(this.#b)];
    for (const { from, partners, onlyB } of this.#matched) {
      for (const [at, other] of partners.entries()) {
        const one = from + at;
        if (shownA[one] === 1 && (other === NONE || shownB[other] === 1)) continue;
        const fields = other === NONE ? [] : this.#fields(one, other);
        if (other === NONE || fields.length > 0) yield this.#difference(one, other, fields);
      }
      for (const other of onlyB) if (shownB[other] !== 1) yield this.#difference(NONE, other, []);
    }
  }

  #fields(one: number, other: number): Field[] {
    const same = this.#a.records.same(one, this.#b.records, other);
    const fields = same ? [] : entryFields(this.#a.records.get(one), this.#b.records.get(other));
    return this.moved(one) ? [...fields, 'order'] : fields;
  }

  #difference(one: number, other: number, fields: Field[]): Difference {
    const path = one === NONE ? this.#b.records.path(other) : this.#a.records.path(one);
    const a = one === NONE ? null : this.#a.entry(one);
    const b = other === NONE ? null : this.#b.entry(other);
    return { path, a, b, fields, tree: false, hidden: true };
  }

  #markMoved({ from, partners, isInStep }: Matched): void {
    if (isInStep) return;
    const here: number[] = [];
    const there: number[] = [];
    for (const [at, other] of partners.entries()) {
      if (other === NONE) continue;
      here.push(from + at);
      there.push(other);
    }
    for (const at of movedItems(there)) this.#moved[here[at] ?? 0] = 1;
  }
}
