import { TwinproofError } from '../errors.ts';

/** Lets at most `width` callers in at a time, first come first served. */
export class Limiter {
  #stopped = false;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(width: number) {
    this.#free = width;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      this.#requireOpen();
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  #requireOpen(): void {
    if (this.#stopped) throw new TwinproofError('interrupted', 'the run is being ended');
  }

  /** Lets nobody in any more; those who wait are refused at once. */
  stop(): void {
    this.#stopped = true;
    for (const next of this.#waiting.splice(0)) {
      this.#free -= 1;
      next();
    }
  }
}
