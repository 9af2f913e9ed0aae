import type { CellResult } from '../record/events.ts';
import { cellId } from '../record/reader.ts';
import { countVerdicts } from '../record/summary.ts';
import type { RunWriter } from '../record/writer.ts';
import type { Message } from './messages.ts';

/** Writes messages to the log as they come and keeps count. */
export class Recorder {
  readonly #writer: RunWriter;
  readonly #started = Date.now();
  readonly #cells = new Map<string, CellResult>();
  readonly #building: [number, number][] = [];
  readonly #notes = new Set<string>();

  constructor(writer: RunWriter) {
    this.#writer = writer;
  }

  record(message: Message): void {
    switch (message.type) {
      case 'cell':
        this.#cells.set(cellId(message), message);
        this.#writer.append(message);
        break;
      case 'twins':
        this.#writer.append(message);
        break;
      case 'note':
        if (this.#notes.has(message.text)) break;
        this.#notes.add(message.text);
        this.#writer.append(message);
        break;
      case 'finished':
        if (message.building !== null) this.#building.push(message.building);
        break;
      case 'step':
        break;
    }
  }

  finish(): void {
    this.#writer.append({
      type: 'footer',
      finished: new Date().toISOString(),
      counts: countVerdicts(this.#cells.values()),
      seconds: (Date.now() - this.#started) / 1000,
      building: covered(this.#building) / 1000,
    });
  }
}

/** Length of the union of intervals. */
export function covered(intervals: [number, number][]): number {
  let total = 0;
  let end = -Infinity;
  for (const [from, to] of intervals.toSorted((a, b) => a[0] - b[0])) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total;
}
