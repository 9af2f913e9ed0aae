/** A generator of pseudo-random numbers (mulberry32): the same seed gives the same images everywhere. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to 2**32 - 1. */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let value = this.#state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return (value ^ (value >>> 14)) >>> 0;
  }

  /** 0 to below `limit`. */
  below(limit: number): number {
    return this.word() % limit;
  }

  /** 0 to below 1. */
  fraction(): number {
    return this.word() / 2 ** 32;
  }

  /** Of `limit` items, the first much more often than the last: word `n` comes about as often as 1/n. */
  zipf(limit: number): number {
    return Math.min(limit - 1, Math.floor(Math.exp(this.fraction() * Math.log(limit + 1))) - 1);
  }
}
