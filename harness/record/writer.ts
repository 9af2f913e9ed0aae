import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import { type RunEvent, eventSchema } from './events.ts';

/**
 * Appends to run.jsonl. Each line is checked against the schema and on disk before `append` returns, so that
 * whatever ends the process leaves every finished cell behind.
 */
export class RunWriter {
  readonly path: string;
  readonly #descriptor: number;

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

  append(event: RunEvent): void {
    appendFileSync(this.#descriptor, `${JSON.stringify(eventSchema.parse(event))}\n`);
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
