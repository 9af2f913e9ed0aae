/** What a guest printed, within bounds: the beginning and the end are kept, what is between them only counted. */
export class ConsoleLog {
  readonly #limit: number;
  readonly #head: Buffer[] = [];
  #headSize = 0;
  #tail: Buffer[] = [];
  #tailSize = 0;
  #dropped = 0;

  /** @param limit bytes of the beginning, and as many of the end */
  constructor(limit = 4 * 2 ** 20) {
    this.#limit = limit;
  }

  /** Bytes that are not kept. */
  get dropped(): number {
    return this.#dropped;
  }

  /** All bytes that came. */
  get size(): number {
    return this.#headSize + this.#tailSize + this.#dropped;
  }

  push(piece: Buffer): void {
    const room = Math.min(this.#limit - this.#headSize, piece.length);
    if (room > 0) {
      this.#head.push(Buffer.from(piece.subarray(0, room)));
      this.#headSize += room;
    }
    if (room === piece.length) return;
    this.#tail.push(Buffer.from(piece.subarray(room)));
    this.#tailSize += piece.length - room;
    if (this.#tailSize > 2 * this.#limit) this.#cut();
  }

  bytes(): Buffer {
    this.#cut();
    const between = this.#dropped === 0 ? '' : `\n[${this.#dropped} bytes are not kept]\n`;
    return Buffer.concat([...this.#head, Buffer.from(between), ...this.#tail]);
  }

  #cut(): void {
    const excess = this.#tailSize - this.#limit;
    if (excess <= 0) return;
    this.#tail = [Buffer.from(Buffer.concat(this.#tail).subarray(excess))];
    this.#tailSize -= excess;
    this.#dropped += excess;
  }
}
