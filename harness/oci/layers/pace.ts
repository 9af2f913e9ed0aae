import { setTimeout } from 'node:timers/promises';

/** How far one thread may be ahead of the other; bytes. */
const LEAD = 4 * 1024 * 1024;
/** Progress is reported in units of so many bits. */
const UNIT = 16;
const DONE = 0x7fffffff;

/** Memory that two threads tell each other their progress in. */
export type SharedPace = Int32Array<SharedArrayBuffer>;

export function sharedPace(): SharedPace {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** That side will read no more, and is not waited for. */
export function endPace(shared: SharedPace, side: 0 | 1): void {
  Atomics.store(shared, side, DONE);
}

/**
 * Keeps two threads that read twins near each other, so that each still has what the other comes to. Only the one that
 * is ahead waits, never both.
 */
export class Pace {
  readonly #shared: SharedPace;
  readonly #side: 0 | 1;
  #bytes = 0;

  constructor(shared: SharedPace, side: 0 | 1) {
    this.#shared = shared;
    this.#side = side;
  }

  /** @returns what to wait for before reading on; null for nothing */
  step(bytes: number): Promise<void> | null {
    this.#bytes += bytes;
    Atomics.store(this.#shared, this.#side, Math.min(DONE - 1, Math.floor(this.#bytes / 2 ** UNIT)));
    return this.#isAhead() ? this.#wait() : null;
  }

  #isAhead(): boolean {
    const other = Atomics.load(this.#shared, 1 - this.#side);
    return other !== DONE && this.#bytes - other * 2 ** UNIT > LEAD;
  }

  async #wait(): Promise<void> {
    while (this.#isAhead()) await setTimeout(1);
  }
}
