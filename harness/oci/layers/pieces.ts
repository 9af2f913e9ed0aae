/** A stream of pieces from which the front can be looked at and given back. */
export class Pieces implements AsyncIterable<Buffer> {
  readonly #source: AsyncIterator<Buffer>;
  readonly #onRead: (bytes: number) => void;
  #front: Buffer | null = null;

  /** @param onRead is called with how many bytes came from the source */
  constructor(source: AsyncIterable<Buffer>, onRead: (bytes: number) => void) {
    this.#source = source[Symbol.asyncIterator]();
    this.#onRead = onRead;
  }

  /** The next piece, never empty; null at the end. Valid until the one after it is asked for. */
  async next(): Promise<Buffer | null> {
    const front = this.#front;
    this.#front = null;
    if (front !== null) return front;
    for (;;) {
      const next = await this.#source.next();
      if (next.done === true) return null;
      this.#onRead(next.value.length);
      if (next.value.length > 0) return next.value;
    }
  }

  /** Gives back the rest of the piece that was taken last. */
  unread(rest: Buffer): void {
    if (rest.length > 0) this.#front = rest;
  }

  /** At least `length` bytes from the front unless the stream ends before; they stay in the stream. */
  async peek(length: number): Promise<Buffer> {
    let front = (await this.next()) ?? Buffer.alloc(0);
    while (front.length < length) {
      // A copy, because asking for more makes the piece invalid.
      const copy = Buffer.from(front);
      const more = await this.next();
      if (more === null) {
        front = copy;
        break;
      }
      front = Buffer.concat([copy, more]);
    }
    this.unread(front);
    return front;
  }

  /** Reads to the end. @returns true when nothing but zeros was left */
  async drain(): Promise<boolean> {
    let zeros = true;
    for await (const piece of this) zeros &&= piece.every((byte) => byte === 0);
    return zeros;
  }

  /** Lets go of the source, wherever it stands. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let piece = await this.next(); piece !== null; piece = await this.next()) yield piece;
  }
}
