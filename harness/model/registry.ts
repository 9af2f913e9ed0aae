/**
 * Parts of one kind, each under an id, in the order in which they are listed. A value: what somebody adds from outside
 * makes another registry, and everything that is derived from one takes it as an argument.
 */
export class Registry<T extends { readonly id: string }> implements Iterable<T> {
  readonly #parts = new Map<string, T>();

  /** @throws Error for an id that two parts have */
  constructor(parts: Iterable<T>) {
    for (const part of parts) {
      if (this.#parts.has(part.id)) throw new Error(`two parts have the id ${part.id}`);
      this.#parts.set(part.id, part);
    }
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#parts.values();
  }

  get ids(): string[] {
    return [...this.#parts.keys()];
  }

  find(id: string): T | undefined {
    return this.#parts.get(id);
  }

  /** @throws Error for an id that no part has */
  get(id: string): T {
    const part = this.#parts.get(id);
    if (part === undefined) throw new Error(`nothing has the id ${id}; known are ${this.ids.join(', ')}`);
    return part;
  }

  /** The parts with these ids, in the order of the registry. @throws Error for an id that no part has */
  only(ids: readonly string[]): T[] {
    const wanted = new Set(ids.map((id) => this.get(id)));
    return [...this].filter((part) => wanted.has(part));
  }

  /** A registry that has these too, after the others. */
  with(...more: readonly T[]): Registry<T> {
    return new Registry([...this, ...more]);
  }
}
