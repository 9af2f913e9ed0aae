import { Column } from './columns.ts';
import { NONE, type Shown } from './shown.ts';

/**
 * What the layer that is being laid on top has done so far, by path. Marks are numbers of records: one that is older than
 * the layer, or than the bound of the directories on the way there, does not count any more.
 */
export class LayerMarks {
  readonly #shown: Shown;
  /** The record that last wrote here or below, or hid what lower layers have here. */
  readonly #touched = new Column(NONE);
  readonly #whiteouts = new Column(NONE);
  #hidden: number[] = [];
  #first = 0;

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  /** The first record of the layer: what is older lies in lower ones. */
  get first(): number {
    return this.#first;
  }

  startLayer(first: number): void {
    this.#first = first;
    this.#hidden = [];
  }

  touch(path: number, record: number): void {
    this.#touched.set(path, record);
  }

  /** Whether the layer holds something here or below, or a whiteout of it. */
  isTouched(path: number, bound: number): boolean {
    return this.#touched.get(path) >= Math.max(this.#first, bound);
  }

  whiteout(path: number, record: number): void {
    this.touch(path, record);
    this.#whiteouts.set(path, record);
    this.#hidden.push(path);
  }

  /** Whether there is a whiteout that nothing has taken the place of. */
  isWhiteout(path: number, bound: number): boolean {
    const whiteout = this.#whiteouts.get(path);
    return whiteout >= Math.max(this.#first, bound) && this.#shown.record(path) < whiteout;
  }

  /** Paths whose whiteouts are left when the layer ends. */
  *whiteouts(): Generator<number> {
    for (const path of this.#hidden) if (this.isWhiteout(path, 0)) yield path;
  }
}
