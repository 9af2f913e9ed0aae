import type { Placement } from '../../kubernetes/settings.ts';

/** A twin whose pod has ended well. */
export interface Accepted {
  twin: string;
  node: string;
  /** In the registry, by digest. */
  name: string;
}

/** Where the twins of one subject are and were, by what the API server says. */
export class Places {
  /** Names of all Jobs that were made. */
  readonly jobs: string[] = [];
  readonly #placement: Placement;
  /** Node of each twin whose latest attempt has one, and has not failed. */
  readonly #nodes = new Map<string, string>();
  readonly #waiting = new Map<string, PromiseWithResolvers<null>>();

  constructor(placement: Placement) {
    this.#placement = placement;
  }

  set(twin: string, node: string | null): void {
    if (node === null) this.#nodes.delete(twin);
    else this.#nodes.set(twin, node);
    if (node !== null) this.#turn(twin).resolve(null);
  }

  /** Nothing waits for it any more. */
  ended(twin: string): void {
    this.#turn(twin).resolve(null);
  }

  /** Until a twin has a node for the first time, or has none for good. */
  async placed(twin: string): Promise<void> {
    await this.#turn(twin).promise;
  }

  /** Nodes of the others, where a twin may not be; null where it may be anywhere. */
  notFor(twin: string): string[] | null {
    if (this.#placement === 'same-host') return null;
    const others = [...this.#nodes].filter(([other]) => other !== twin);
    return [...new Set(others.map(([, node]) => node))].sort();
  }

  /** Which other twin was on that node. */
  metOn(node: string, twin: string): string | null {
    if (this.#placement === 'same-host') return null;
    return [...this.#nodes].find(([other, at]) => other !== twin && at === node)?.[0] ?? null;
  }

  #turn(twin: string): PromiseWithResolvers<null> {
    const known = this.#waiting.get(twin) ?? Promise.withResolvers<null>();
    this.#waiting.set(twin, known);
    return known;
  }
}
