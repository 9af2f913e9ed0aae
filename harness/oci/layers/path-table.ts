import { randomBytes } from 'node:crypto';
import { Column } from './columns.ts';

const KEYS = randomBytes(8);
const [KEY_0, KEY_1] = [KEYS.readInt32LE(0), KEYS.readInt32LE(4)];

/**
 * HalfSipHash-1-3 of a name and the number of its directory (https://github.com/veorq/SipHash): with a key of this
 * process, so that no image can be made of names that meet in one slot.
 */
function hashOf(directory: number, name: string): number {
  let [v0, v1, v2, v3] = [KEY_0, KEY_1, KEY_0 ^ 0x6c796765, KEY_1 ^ 0x74656462];
  const { length } = name;
  const byte = (at: number): number => (at < length ? name.charCodeAt(at) : 0);
  const words = (length >>> 2) + 1;
  for (let step = 0; step <= words + 3; step++) {
    const at = 4 * (step - 1);
    let word = 0;
    if (step === 0) word = directory;
    else if (step < words)
      word = byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24);
    else if (step === words) word = byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (length << 24);
    else if (step === words + 1) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return v1 ^ v3;
}

/** The root of every image. */
export const ROOT = 0;
const NONE = -1;

/**
 * Gives every path a number, directories before what lies in them; two images that share a table have the same number
 * for the same path. Names are kept as bytes, once: a million of them as strings and maps would take ten times as much.
 */
export class PathTable {
  readonly #directories = new Column(NONE);
  readonly #hashes = new Column(0);
  /** Where each name ends in `#names`. */
  readonly #ends = new Column(0);
  #names = Buffer.alloc(64 * 1024);
  /** Numbers of paths by hash, at most half full; a path lies in the first free place from its own on. */
  #slots = new Int32Array(4096).fill(NONE);
  #size = 1;

  /** How many paths there are; the root is one. */
  get size(): number {
    return this.#size;
  }

  /** @returns -1 for a name that is not there */
  find(directory: number, name: string): number {
    return this.#slots[this.#slot(directory, name, hashOf(directory, name))] ?? NONE;
  }

  /** The number of a name in a directory, a new one if it has none yet. */
  add(directory: number, name: string): number {
    const hash = hashOf(directory, name);
    const slot = this.#slot(directory, name, hash);
    const known = this.#slots[slot] ?? NONE;
    if (known !== NONE) return known;
    const path = this.#size++;
    this.#directories.set(path, directory);
    this.#hashes.set(path, hash);
    this.#write(path, name);
    this.#slots[slot] = path;
    if (2 * this.#size > this.#slots.length) this.#grow();
    return path;
  }

  /** The number of a tidy path, as it stands; a new one where it has none. */
  addPath(path: string): number {
    if (path === '.') return ROOT;
    return path.split('/').reduce((directory, name) => this.add(directory, name), ROOT);
  }

  /** The number of a tidy path; -1 when it is not there. */
  findPath(path: string): number {
    if (path === '.') return ROOT;
    let at = ROOT;
    for (const name of path.split('/')) if (at !== NONE) at = this.find(at, name);
    return at;
  }

  directory(path: number): number {
    return this.#directories.get(path);
  }

  /** As a binary string; `.` for the root. */
  text(path: number): string {
    if (path === ROOT) return '.';
    let text = this.#name(path);
    for (let at = this.directory(path); at !== ROOT; at = this.directory(at))
      text = `${this.#name(at)}/${text}`;
    return text;
  }

  #name(path: number): string {
    return this.#names.toString('latin1', this.#ends.get(path - 1), this.#ends.get(path));
  }

  #write(path: number, name: string): void {
    const start = this.#ends.get(path - 1);
    const end = start + name.length;
    if (end > this.#names.length) {
      const grown = Buffer.alloc(Math.max(end, 2 * this.#names.length));
      this.#names.copy(grown);
      this.#names = grown;
    }
    this.#names.write(name, start, 'latin1');
    this.#ends.set(path, end);
  }

  /** Where a name lies, or belongs. */
  #slot(directory: number, name: string, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const path = this.#slots[slot] ?? NONE;
      if (path === NONE) return slot;
      if (this.#hashes.get(path) === hash && this.#isAt(path, directory, name)) return slot;
    }
  }

  #isAt(path: number, directory: number, name: string): boolean {
    const start = this.#ends.get(path - 1);
    if (this.directory(path) !== directory || this.#ends.get(path) - start !== name.length) return false;
    for (let at = 0; at < name.length; at++)
      if (this.#names[start + at] !== name.charCodeAt(at)) return false;
    return true;
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length).fill(NONE);
    const mask = this.#slots.length - 1;
    for (let path = 1; path < this.#size; path++) {
      let slot = this.#hashes.get(path) & mask;
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
      this.#slots[slot] = path;
    }
  }
}
