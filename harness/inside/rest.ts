/** The part that holds what no field and no member of a file accounts for: gaps, padding, what precedes or follows. */
export const REST = 'rest';

/** Which bytes of a file its format accounts for. What is left is compared as it stands. */
export class Accounted {
  readonly #ranges: [from: number, to: number][] = [];

  add(from: number, to: number): void {
    this.#ranges.push([from, to]);
  }

  /** The bytes outside of all ranges, in order. */
  rest(bytes: Buffer): Buffer {
    const gaps: Buffer[] = [];
    let at = 0;
    for (const [from, to] of this.#ranges.toSorted((a, b) => a[0] - b[0])) {
      if (from > at) gaps.push(bytes.subarray(at, from));
      at = Math.max(at, to);
    }
    if (at < bytes.length) gaps.push(bytes.subarray(at));
    return Buffer.concat(gaps);
  }
}
