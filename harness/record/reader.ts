import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import {
  type CellResult,
  type Footer,
  type Header,
  type Note,
  RUN_SCHEMA,
  type RunEvent,
  type Twins,
  eventSchema,
} from './events.ts';
import { keyDigest } from './key.ts';
import { readLines } from './lines.ts';

export interface Run {
  /** The log itself. */
  file: string;
  /** Where its evidence lies. */
  folder: string;
  header: Header;
  notes: Note[];
  twins: Map<string, Twins>;
  /** By `cellId`. */
  cells: Map<string, CellResult>;
  /** Null when the run did not end by itself: incomplete, resumable, never a pass. */
  footer: Footer | null;
}

type Reading = Omit<Run, 'header'> & { header?: Header; planned: Set<string> };

export const cellId = (cell: { subject: string; claim: string }): string => `${cell.subject} ${cell.claim}`;

/**
 * Reads run.jsonl, given the file or its folder. A last line that was cut off by a crash is dropped when there is no
 * footer; any other damage is an error, and so is what no run writes: a cell that the header does not name, one that is
 * reported twice, a verdict or a key that contradicts itself, a footer that counts something else.
 * @throws TwinproofError `record-invalid` with file and line
 */
export async function readRun(path: string): Promise<Run> {
  const file = await runFile(path);
  const run: Reading = {
    file,
    folder: dirname(file),
    notes: [],
    twins: new Map(),
    cells: new Map(),
    footer: null,
    planned: new Set(),
  };
  let number = 0;
  let broken: TwinproofError | undefined;
  try {
    for await (const line of readLines(file)) {
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
  } catch (error) {
    if (error instanceof TwinproofError) throw error;
    throw invalid(error instanceof Error ? error.message : 'unreadable', `${file}:${number + 1}`);
  }
  const { header, folder, notes, twins, cells, footer } = run;
  if (header === undefined) throw broken ?? invalid('the log is empty', file);
  if (broken !== undefined && run.footer !== null) throw broken;
  const read = { header, file, folder, notes, twins, cells, footer };
  if (footer !== null) requireCounts(read, `${file}:${number}`);
  return read;
}

/** Whether there is anything that may be a run. */
export const isRun = (path: string): Promise<boolean> =>
  runFile(path).then(
    () => true,
    () => false,
  );

async function runFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw noRun('no such run', path);
  const file = found.isDirectory() ? join(path, 'run.jsonl') : path;
  if (!found.isDirectory() || (await stat(file).catch(() => null)) !== null) return file;
  throw noRun(`no run.jsonl in the folder ${basename(path)}`, path);
}

function parseLine(line: string, where: string): RunEvent | TwinproofError {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return invalid('not a JSON line', where);
  }
  const foreign = foreignSchema(value);
  if (foreign !== null) throw foreignError(foreign, where);
  const parsed = eventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit the schema'}`, where);
}

/** The schema that a header names when it is not the one we read. */
function foreignSchema(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'header')
    return null;
  const schema = 'schema' in value ? value.schema : undefined;
  return schema === RUN_SCHEMA ? null : JSON.stringify({ schema }).slice(0, 60);
}

const foreignError = (schema: string, where: string): TwinproofError =>
  new TwinproofError('record-invalid', `a log of ${schema}, which this version does not read`, {
    where,
    hint: `this version reads ${RUN_SCHEMA}; a newer log needs a newer version`,
  });

function addEvent(run: Reading, event: RunEvent, where: string): void {
  if ((event.type === 'header') !== (run.header === undefined)) {
    throw invalid(event.type === 'header' ? 'a second header' : 'the first line is not a header', where);
  }
  if (run.footer !== null) throw invalid('a line after the footer', where);
  switch (event.type) {
    case 'header':
      addHeader(run, event, where);
      break;
    case 'note':
      run.notes.push(event);
      break;
    case 'twins':
      if (run.twins.has(event.subject)) throw invalid(`the builds of ${event.subject} twice`, where);
      run.twins.set(event.subject, event);
      break;
    case 'cell':
      addCell(run, event, where);
      break;
    case 'footer':
      run.footer = event;
      break;
  }
}

function addHeader(run: Reading, header: Header, where: string): void {
  run.header = header;
  for (const cell of header.cells) run.planned.add(cellId(cell));
  if (run.planned.size < header.cells.length) throw invalid('the header names a cell twice', where);
  const { plan } = header;
  if (plan === undefined) return;
  const claims = new Map(plan.map((planned) => [planned.subject, planned.claims]));
  if (claims.size < plan.length) throw invalid('the plan names a subject twice', where);
  const stray = header.cells.find(({ subject, claim }) => !Object.hasOwn(claims.get(subject) ?? {}, claim));
  if (stray !== undefined) throw invalid(`a cell that the plan does not name: ${cellId(stray)}`, where);
}

function addCell(run: Reading, cell: CellResult, where: string): void {
  const id = cellId(cell);
  if (run.cells.has(id)) throw invalid(`a second result for ${id}`, where);
  if (!run.planned.has(id)) throw invalid(`a result that the header does not name: ${id}`, where);
  if ((cell.verdict === 'error') !== (cell.error !== undefined)) {
    throw invalid(
      `${id} is ${cell.verdict} ${cell.error === undefined ? 'without' : 'with'} an error`,
      where,
    );
  }
  if (cell.keyDigest !== (cell.key === null ? null : keyDigest(cell.key))) {
    throw invalid(`the key digest of ${id} is not that of its key`, where);
  }
  run.cells.set(id, cell);
}

/** The footer counts what the log holds: a line that was lost or changed in the middle does not go unnoticed. */
function requireCounts({ cells, footer }: Run, where: string): void {
  const counted = Map.groupBy(cells.values(), ({ verdict }) => verdict);
  for (const [verdict, count] of Object.entries(footer?.counts ?? {})) {
    const found = counted.get(verdict as CellResult['verdict'])?.length ?? 0;
    if (found !== count) {
      throw invalid(`the footer counts ${count} ${verdict}, the log holds ${found}`, where);
    }
  }
}

const noRun = (message: string, where: string): TwinproofError =>
  new TwinproofError('record-invalid', message, {
    where,
    hint: 'name the folder of a run, or its run.jsonl',
  });

const invalid = (message: string, where: string): TwinproofError =>
  new TwinproofError('record-invalid', message, {
    where,
    hint: 'use the run.jsonl that a run wrote, unchanged',
  });
