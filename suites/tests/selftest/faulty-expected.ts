import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CellResult } from '../../../harness/record/events.ts';
import type { Run } from '../../../harness/record/reader.ts';
import { ROOT } from './support.ts';
import type { Verdict } from '../../../harness/model/verdicts.ts';

/** What a run must say of a subject; fixtures/faulty/expected.yaml describes the format. */
export interface Expected {
  verdicts: Verdict[];
  rung?: string;
  config?: string[];
  entries?: { path: string; change: string; fields: string[] }[];
  causes?: string[];
  error?: string;
  lock?: { extra: string[]; missing: string[]; otherVersion: string[] };
}

/** Which cells `verdicts` speaks of, and what `expected` calls a subject. */
interface Naming {
  claims: string[];
  keyOf: (subject: string) => string;
}

const FAULTY: Naming = {
  claims: ['reproducible', 'hermetic', 'locked', 'runs'],
  keyOf: (subject) => subject.split('/')[0] ?? '',
};

export async function readExpected(): Promise<Record<string, Expected>> {
  const text = await readFile(join(ROOT, 'fixtures/faulty/expected.yaml'), 'utf8');
  return (parse(text) as { subjects: Record<string, Expected> }).subjects;
}

/** Everything in which a run is not as expected, one line each; empty when all is. */
export function deviations(
  run: Run,
  expected: Record<string, Expected>,
  { claims, keyOf }: Naming = FAULTY,
): string[] {
  const subjects = new Map(run.header.cells.map(({ subject }) => [keyOf(subject), subject]));
  const unknown = [...subjects.keys()]
    .filter((key) => !(key in expected))
    .map((key) => `${key}: not expected at all`);
  return [
    ...unknown,
    ...Object.entries(expected).flatMap(([key, wanted]) => {
      const cells = claims.map((claim) => run.cells.get(`${subjects.get(key) ?? ''} ${claim}`));
      return deviationsOf(key, cells, wanted);
    }),
  ];
}

function deviationsOf(key: string, cells: (CellResult | undefined)[], expected: Expected): string[] {
  const cell = (claim: string): CellResult | undefined => cells.find((result) => result?.claim === claim);
  const found: string[] = [];
  const same = (what: string, actual: unknown, wanted: unknown): void => {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)];
    if (a !== b) found.push(`${key} ${what}: ${a} instead of ${b}`);
  };
  same(
    'verdicts',
    cells.map((result) => result?.verdict ?? 'missing'),
    expected.verdicts,
  );
  for (const result of cells) {
    if (result?.verdict === 'error') same(`${result.claim} code`, result.error?.code, expected.error);
  }
  const detail = cell('reproducible')?.detail ?? {};
  if (expected.rung !== undefined) same('rung', detail.rung, expected.rung);
  if (expected.config !== undefined) same('config', detail.config, expected.config);
  if (expected.entries !== undefined) sameEntries(found, key, detail.differences, expected.entries);
  if (detail.rung !== undefined) {
    same('causes', Object.keys(detail.causes ?? {}).sort(), (expected.causes ?? []).toSorted());
  }
  if (expected.lock !== undefined) {
    const { extra, missing, otherVersion } = cell('locked')?.detail ?? {};
    same('lock', { extra, missing, otherVersion }, expected.lock);
  }
  return found;
}

function sameEntries(
  found: string[],
  image: string,
  actual: unknown,
  wanted: NonNullable<Expected['entries']>,
): void {
  const entries = (actual ?? []) as NonNullable<Expected['entries']>;
  const key = ({ path, change, fields }: (typeof wanted)[number]): string =>
    `${change} ${path} ${fields.join()}`;
  const patterns = wanted.map(
    (entry) => new RegExp(`^${key(entry).replaceAll('.', '\\.').replaceAll('*', '\\S*')}`),
  );
  const left = entries.map(key);
  for (const pattern of patterns) {
    const index = left.findIndex((text) => pattern.test(text));
    if (index === -1) found.push(`${image}: nothing like ${pattern.source} differs`);
    else left.splice(index, 1);
  }
  for (const text of left) found.push(`${image}: unexpected difference ${text}`);
}
