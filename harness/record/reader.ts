import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TwinproofError } from '../errors.ts';
import {
  type CellResult,
  type Footer,
  type Header,
  type Note,
  type RunEvent,
  type Twins,
  eventSchema,
} from './events.ts';

export interface Run {
  header: Header;
  notes: Note[];
  twins: Map<string, Twins>;
  /** By `cellId`. */
  cells: Map<string, CellResult>;
  /** Null when the run did not end by itself: incomplete, resumable, never a pass. */
  footer: Footer | null;
}

export const cellId = (cell: { subject: string; claim: string }): string => `${cell.subject} ${cell.claim}`;

/**
 * Reads run.jsonl, given the file or its folder. A last line that was cut off by a crash is dropped when there is no
 * footer; any other damage is an error.
 * @throws TwinproofError `record-invalid` with file and line
 */
export async function readRun(path: string): Promise<Run> {
  const file = await runFile(path);
  const run: { header?: Header } & Omit<Run, 'header'> = {
    notes: [],
    twins: new Map(),
    cells: new Map(),
    footer: null,
  };
  let number = 0;
  let broken: TwinproofError | undefined;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    if (broken !== undefined) throw broken;
    const event = parseLine(line, `${file}:${number}`);
    if (event instanceof TwinproofError) {
      // Only the last line may be half-written; if another follows, the next turn throws.
      broken = event;
      continue;
    }
    addEvent(run, event, `${file}:${number}`);
  }
  if (run.header === undefined) throw broken ?? invalid('the log is empty', file);
  if (broken !== undefined && run.footer !== null) throw broken;
  const { header, ...rest } = run;
  return { header, ...rest };
}

async function runFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw invalid('no such run', path);
  return found.isDirectory() ? join(path, 'run.jsonl') : path;
}

function parseLine(line: string, where: string): RunEvent | TwinproofError {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return invalid('not a JSON line', where);
  }
  const parsed = eventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit the schema'}`, where);
}

function addEvent(run: { header?: Header } & Omit<Run, 'header'>, event: RunEvent, where: string): void {
  if ((event.type === 'header') !== (run.header === undefined)) {
    throw invalid(event.type === 'header' ? 'a second header' : 'the first line is not a header', where);
  }
  if (run.footer !== null) throw invalid('a line after the footer', where);
  switch (event.type) {
    case 'header':
      run.header = event;
      break;
    case 'note':
      run.notes.push(event);
      break;
    case 'twins':
      run.twins.set(event.subject, event);
      break;
    case 'cell':
      if (run.cells.has(cellId(event))) throw invalid(`a second result for ${cellId(event)}`, where);
      run.cells.set(cellId(event), event);
      break;
    case 'footer':
      run.footer = event;
      break;
  }
}

const invalid = (message: string, where: string): TwinproofError =>
  new TwinproofError('record-invalid', message, {
    where,
    hint: 'use the run.jsonl that a run wrote, unchanged',
  });
