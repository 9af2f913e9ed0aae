/** Numbers below this are one byte; what follows these three has two, four or eight. */
const WORD = 0xfd;
const DOUBLE_WORD = 0xfe;
const FLOAT = 0xff;

/** Writes numbers and binary strings one behind the other, each as short as it can be without further tables. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Any number that a double holds, small ones in one byte. */
  number(value: number): void {
    this.#reserve(9);
    const bytes = this.#bytes;
    const isWord = value >>> 0 === value;
    if (isWord && value < WORD) bytes[this.#length++] = value;
    else if (isWord && value <= 0xffff) {
      bytes[this.#length++] = WORD;
      this.#length = bytes.writeUInt16LE(value, this.#length);
    } else if (isWord) {
      bytes[this.#length++] = DOUBLE_WORD;
      this.#length = bytes.writeUInt32LE(value, this.#length);
    } else {
      bytes[this.#length++] = FLOAT;
      this.#length = bytes.writeDoubleLE(value, this.#length);
    }
  }

  text(binary: string): void {
    if (binary === '') return;
    this.#reserve(binary.length);
    this.#length += this.#bytes.write(binary, this.#length, 'latin1');
  }

  /** All that was written so far, in memory of its own; begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Reads what ByteWriter wrote. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  number(): number {
    const first = this.#bytes[this.#at++] ?? 0;
    if (first < WORD) return first;
    const at = this.#at;
    if (first === WORD) {
      this.#at += 2;
      return this.#bytes.readUInt16LE(at);
    }
    if (first === DOUBLE_WORD) {
      this.#at += 4;
      return this.#bytes.readUInt32LE(at);
    }
    this.#at += 8;
    return this.#bytes.readDoubleLE(at);
  }

  text(length: number): string {
    if (length === 0) return '';
    return this.#bytes.toString('latin1', this.#at, (this.#at += length));
  }
}
