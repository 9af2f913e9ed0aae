/** A place in a JSON document that may hold anything, and its pointer (RFC 6901). */
export class JsonPlace {
  readonly value: unknown;
  readonly pointer: string;

  constructor(value: unknown, pointer = '') {
    this.value = value;
    this.pointer = pointer;
  }

  at(...keys: readonly (string | number)[]): JsonPlace {
    return keys.reduce<JsonPlace>((place, key) => place.#child(key), this);
  }

  /** Null for what is no text, and for an empty one: builders write those for what was not given. */
  get text(): string | null {
    return typeof this.value === 'string' && this.value !== '' ? this.value : null;
  }

  items(): JsonPlace[] {
    return Array.isArray(this.value) ? this.value.map((_, number) => this.at(number)) : [];
  }

  members(): [string, JsonPlace][] {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return Object.keys(value).map((key) => [key, this.at(key)]);
  }

  #child(key: string | number): JsonPlace {
    const { value } = this;
    const inside =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined;
    const escaped = String(key).replaceAll('~', '~0').replaceAll('/', '~1');
    return new JsonPlace(inside, `${this.pointer}/${escaped}`);
  }
}
