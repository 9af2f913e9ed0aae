import type { Chosen } from '../choose.ts';
import { isSigned, valueOf } from '../read/recipe.ts';
import type { Field } from '../read/types.ts';

/** The values of a recipe that somebody vouches for: only those are built from. */
export class Readings {
  readonly #recipe: Chosen['recipe'];

  constructor(recipe: Chosen['recipe']) {
    this.#recipe = recipe;
  }

  text(field: Field): string | null {
    const value = this.#value(field);
    return typeof value === 'string' ? value : null;
  }

  /** Null where nobody says it; a text is a list of one. */
  list(field: Field): string[] | null {
    const value = this.#value(field);
    return value === null ? null : [value].flat();
  }

  isTrue(field: Field): boolean {
    return this.text(field)?.toLowerCase() === 'true';
  }

  isFalse(field: Field): boolean {
    return this.text(field)?.toLowerCase() === 'false';
  }

  #value(field: Field): string | string[] | null {
    const reading = valueOf(this.#recipe, field);
    return reading === null || !isSigned(reading) ? null : reading.value;
  }
}
