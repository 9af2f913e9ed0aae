import { Ajv2020 } from 'ajv/dist/2020.js';
import diffSchema from '../../compare/diff.schema.json' with { type: 'json' };
import type { Cause, DiffResult, EntryDiff } from '../../compare/types.ts';
import type { CellResult } from '../../record/events.ts';
import type { ToldCause } from '../causes.ts';
import { readEvidence } from './evidence.ts';

export type DiffEvidence = { diff: DiffResult } | { fault: string } | null;

/** Bytes; as values, JSON takes some ten times as much memory. */
const MAX_DIFF = 24 * 1024 ** 2;

/** What older logs lack. */
const LATER = { artifact: null, attestations: [] };

const isDiff = new Ajv2020({ strict: false, validateFormats: false }).compile<DiffResult>(diffSchema);

/** The recorded difference of a cell, after its digest was checked; null when it has none. */
export async function readDiff(folder: string, cell: CellResult): Promise<DiffEvidence> {
  const evidence = cell.evidence.find(({ name }) => name === 'diff');
  if (evidence === undefined) return null;
  const read = await readEvidence(folder, evidence, { limit: MAX_DIFF });
  if ('fault' in read) return read;
  try {
    const value = { ...LATER, ...(JSON.parse(read.text) as object) };
    if (isDiff(value)) return { diff: value };
  } catch {
    // Told below.
  }
  return { fault: 'what is recorded as the difference does not fit its schema' };
}

const RANK: Record<Cause['confidence'], number> = { proven: 0, exact: 1, likely: 2 };

/** The causes in a difference with their fixes, what explains most first. */
export function causesOfDiff(diff: DiffResult): ToldCause[] {
  const groups = new Map<string, ToldCause>();
  const add = (path: string, cause: Cause): void => {
    const fix = cause.fix.replaceAll(`/${path}`, '/…');
    const key = `${cause.id}\0${fix}`;
    const group = groups.get(key) ?? { ...cause, fix: cause.fix, paths: [], count: 0, line: null };
    group.count += 1;
    if (group.paths.length < 50) group.paths.push(path);
    // A group is as sure as the least sure of it.
    if (RANK[cause.confidence] > RANK[group.confidence as Cause['confidence']])
      group.confidence = cause.confidence;
    groups.set(key, group);
  };
  for (const entry of diff.entries) for (const cause of entry.causes) add(entry.path, cause);
  for (const { pointer, causes = [] } of [...diff.config, ...diff.manifest]) {
    for (const cause of causes) add(pointer, cause);
  }
  const last = ({ id }: ToldCause): number => (id === 'unknown' ? 1 : 0);
  return [...groups.values()].sort((a, b) => last(a) - last(b) || b.count - a.count);
}

/** What made the layers of the entries, most often first. */
export function instructionsOf(entries: readonly EntryDiff[]): string[] {
  const counts = new Map<string, number>();
  for (const { instructionA, instructionB } of entries) {
    const text = (instructionB ?? instructionA)?.createdBy ?? '';
    if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([text]) => text);
}
