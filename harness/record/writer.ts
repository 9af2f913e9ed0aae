import { appendFileSync, closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { storageError } from '../engine/storage.ts';
import { TwinproofError } from '../errors.ts';
import { type RunEvent, eventSchema } from './events.ts';

/**
 * Appends to run.jsonl. Each line is checked against the schema and on disk before `append` returns, so that
 * whatever ends the process leaves every finished cell behind.
 */
export class RunWriter {
  readonly path: string;
  readonly #descriptor: number;
  #length = 0;

  constructor(folder: string) {
    this.path = join(folder, 'run.jsonl');
    try {
      mkdirSync(folder, { recursive: true });
      this.#descriptor = openSync(this.path, 'ax', 0o644);
    } catch (cause) {
      throw new TwinproofError('storage', `could not make ${this.path}`, {
        hint: 'a run folder is written once; choose another --results folder',
        cause,
      });
    }
  }

  /** @throws TwinproofError storage; the log then ends with the last event that fitted. */
  append(event: RunEvent): void {
    const line = Buffer.from(`${JSON.stringify(eventSchema.parse(event))}\n`);
    try {
      appendFileSync(this.#descriptor, line);
      fsyncSync(this.#descriptor);
    } catch (cause) {
      ftruncateSync(this.#descriptor, this.#length);
      throw storageError(`could not write ${this.path}`, cause);
    }
    this.#length += line.length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
