import type { Difference } from './tree-diff.ts';
import type { Field } from './types.ts';

/** Of these there may be one in every entry of an image, and one is like the other. */
const TIMES = new Set<Field>(['mtime', 'atime', 'ctime']);

function hasPriority({ a, b, fields }: Difference): boolean {
  return a === null || b === null || fields.some((field) => !TIMES.has(field));
}

/** The order in which differences are shown: no two are equal in it. */
function compareDifferences(a: Difference, b: Difference): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  const record = ({ a: one, b: other }: Difference) => (one ?? other)?.read().record;
  const [one, other] = [record(a), record(b)];
  return (
    (one?.layer ?? 0) - (other?.layer ?? 0) ||
    (one?.position ?? 0) - (other?.position ?? 0) ||
    Number(a.a === null) - Number(b.a === null) ||
    Number(a.hidden) - Number(b.hidden)
  );
}

/** The first of many differences; never more than twice as many are in memory. */
class First {
  readonly #room: number;
  #kept: Difference[] = [];
  /** Once there are enough: the last of those. */
  #last: Difference | null = null;

  constructor(room: number) {
    this.#room = room;
  }

  add(difference: Difference): void {
    if (this.#last !== null && compareDifferences(difference, this.#last) > 0) return;
    this.#kept.push(difference);
    if (this.#kept.length > 2 * this.#room) this.#last = this.sorted().at(-1) ?? null;
  }

  sorted(): readonly Difference[] {
    this.#kept = this.#kept.sort(compareDifferences).slice(0, this.#room);
    return this.#kept;
  }
}

/** Keeps as many differences as there is room for; those in nothing but times are the first to be left out. */
export class Prioritised {
  readonly #room: number;
  readonly #prioritised: First;
  readonly #times: First;
  #total = 0;

  constructor(room: number) {
    this.#room = room;
    this.#prioritised = new First(room);
    this.#times = new First(room);
  }

  /** How many there are in all. */
  get total(): number {
    return this.#total;
  }

  add(difference: Difference): void {
    this.#total++;
    (hasPriority(difference) ? this.#prioritised : this.#times).add(difference);
  }

  /** In order of their paths. */
  shown(): readonly Difference[] {
    const prioritised = this.#prioritised.sorted();
    const times = this.#times.sorted().slice(0, this.#room - prioritised.length);
    return [...prioritised, ...times].sort(compareDifferences);
  }
}
