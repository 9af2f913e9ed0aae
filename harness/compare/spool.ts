import { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { scratchRoot } from '../engine/folders.ts';
import { storageError } from '../engine/storage.ts';
import { recordKey, type EntryRecord } from '../oci/layers/records.ts';

/**
 * Contents of entries of one image, put aside on disk so that memory holds one pair at a time. The file has no name: nothing of it
 * is left, however the process ends.
 */
export class Spool implements Disposable {
  readonly #file: number;
  /** By recordKey. */
  readonly #places = new Map<number, { offset: number; length: number }>();
  #end = 0;

  /** @throws TwinproofError storage */
  constructor() {
    const path = join(scratchRoot(), `.spool-${randomBytes(6).toString('hex')}`);
    try {
      mkdirSync(scratchRoot(), { recursive: true, mode: 0o700 });
      this.#file = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
    } catch (cause) {
      throw storageError(`could not make ${path}`, cause);
    }
  }

  /** @throws TwinproofError storage */
  put(record: EntryRecord, content: Buffer): void {
    try {
      for (let at = 0; at < content.length;) {
        at += writeSync(this.#file, content, at, content.length - at, this.#end + at);
      }
    } catch (cause) {
      throw storageError('could not put files aside that differ', cause);
    }
    this.#places.set(recordKey(record), { offset: this.#end, length: content.length });
    this.#end += content.length;
  }

  /** Null for what was never put here. */
  get(record: EntryRecord): Buffer | null {
    const place = this.#places.get(recordKey(record));
    if (place === undefined) return null;
    const content = Buffer.alloc(place.length);
    for (let at = 0; at < content.length;) {
      const read = readSync(this.#file, content, at, content.length - at, place.offset + at);
      if (read === 0) return null;
      at += read;
    }
    return content;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
