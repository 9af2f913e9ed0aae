/** A number for each path or record, counted from 0; grows as it is filled. */
export class Column {
  #values: Int32Array;
  readonly #unset: number;

  /** @param unset what stands where nothing was set */
  constructor(unset: number) {
    this.#unset = unset;
    this.#values = new Int32Array(1024).fill(unset);
  }

  get(at: number): number {
    return this.#values[at] ?? this.#unset;
  }

  set(at: number, value: number): void {
    const { length } = this.#values;
    if (at >= length) {
      const grown = new Int32Array(Math.max(at + 1, 2 * length)).fill(this.#unset, length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[at] = value;
  }
}
