import type { CellResult, Footer, Header, RunEvent } from '../../record/events.ts';
import { keyDigest } from '../../record/key.ts';
import { plannedDigest } from '../../record/planned.ts';
import { countVerdicts } from '../../record/summary.ts';

export const DIGEST = `sha256:${'0'.repeat(64)}`;

/** Events of made-up runs, for tests. */
export const header = (cells: Header['cells'], more: Partial<Header> = {}): Header => ({
  type: 'header',
  schema: 'twinproof/run/v2',
  run: 'r',
  started: '2026-01-01T00:00:00.000Z',
  harness: '0',
  catalog: { name: 'c', digest: DIGEST },
  engine: { name: 'Docker Engine', version: '1' },
  host: { os: 'Linux', architecture: 'x64', kernel: '6', cpus: 2 },
  seed: 0,
  shard: null,
  cells,
  resumed: null,
  ...more,
});

export const cell = (
  subject: string,
  verdict: CellResult['verdict'],
  more: Partial<CellResult> = {},
): CellResult => {
  const key = {
    source: DIGEST,
    lock: null,
    builder: DIGEST,
    platform: 'linux/amd64',
    variations: {},
    seed: 0,
    harness: '0',
  };
  return {
    type: 'cell',
    subject,
    claim: 'reproducible',
    verdict,
    summary: 's',
    ...(verdict === 'error' ? { error: { code: 'build-failed' as const, message: 'm' } } : {}),
    key,
    keyDigest: keyDigest(key),
    detail: {},
    evidence: [],
    seconds: 0,
    ...more,
  };
};

export const footer = (cells: readonly CellResult[]): Footer => ({
  type: 'footer',
  finished: '2026-01-01T00:01:00.000Z',
  counts: countVerdicts(cells),
  seconds: 1,
  building: 1,
});

export const planned = (cells: readonly CellResult[]): Header['cells'] =>
  cells.map(({ subject, claim }) => ({ subject, claim }));

/** A whole log of these cells. */
export const logOf = (cells: readonly CellResult[], more: Partial<Header> = {}): RunEvent[] => [
  header(planned(cells), more),
  ...cells,
  footer(cells),
];

/** The logs of the shards of one run, as `plan/shard.ts` deals the subjects out. */
export function shardLogs(cells: readonly CellResult[], count: number): RunEvent[][] {
  const subjects = [...new Set(cells.map(({ subject }) => subject))];
  const whole = { cells: cells.length, digest: plannedDigest(cells) };
  return Array.from({ length: count }, (_, index) => {
    const mine = cells.filter(({ subject }) => subjects.indexOf(subject) % count === index);
    return logOf(mine, { run: `r${index + 1}`, shard: `${index + 1}/${count}`, whole });
  });
}
