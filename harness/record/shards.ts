import { TwinproofError } from '../errors.ts';
import { type PlannedCell, plannedDigest } from './planned.ts';
import type { Run } from './reader.ts';

interface Shard {
  run: Run;
  index: number;
  count: number;
}

/**
 * The cells of the runs whose shards are given, in the order of their catalog: a shard `I/N` holds every N-th subject
 * (`plan/shard.ts`), so that dealing the subjects of the shards out in turn gives the order back, and the digest in
 * their headers tells that nothing is missing.
 * @throws TwinproofError `record-invalid`, naming shards that are missing or there twice
 */
export function wholeOfShards(runs: readonly Run[]): PlannedCell[] {
  const shards = runs.flatMap((run) => shardOf(run) ?? []);
  const groups = Map.groupBy(shards, ({ run, count }) => `${count} ${run.header.whole?.digest ?? ''}`);
  return [...groups.values()].flatMap(wholeOf);
}

function shardOf(run: Run): Shard | null {
  if (run.header.shard === null) return null;
  const [index = 0, count = 0] = run.header.shard.split('/').map(Number);
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(count) || index < 1 || index > count) {
    throw invalid(`${run.header.run}: the shard ${run.header.shard} must be I/N with 1 ≤ I ≤ N`);
  }
  return { run, index, count };
}

function wholeOf(shards: Shard[]): PlannedCell[] {
  const [first] = shards;
  if (first === undefined) return [];
  const byIndex = new Map(shards.map((shard) => [shard.index, shard]));
  if (byIndex.size < shards.length) {
    throw invalid(`a shard of ${first.count} is there twice`, 'give each shard once');
  }
  const cells = dealt(byIndex, first.count);
  const { whole } = first.run.header;
  const missing = Array.from({ length: first.count }, (_, i) => i + 1).filter((i) => !byIndex.has(i));
  // A catalog of fewer subjects than shards leaves shards empty, and older versions left no log of those.
  const complete = whole === undefined ? missing.length === 0 : whole.digest === plannedDigest(cells);
  if (complete) return cells;
  if (missing.length === 0) throw invalid('the shards are not of one run: together they are not its whole');
  const names = missing.slice(0, 20).map((index) => `${index}/${first.count}`);
  const lacking = whole === undefined ? '' : ` (${cells.length} of ${whole.cells} cells)`;
  throw invalid(
    `missing shard${missing.length === 1 ? '' : 's'} ${names.join(', ')}${missing.length > 20 ? ' …' : ''}${lacking}`,
    'give the logs of all shards of the run',
  );
}

function dealt(byIndex: ReadonlyMap<number, Shard>, count: number): PlannedCell[] {
  const hands = Array.from({ length: count }, (_, i) => subjectsOf(byIndex.get(i + 1)));
  const rounds = Math.max(0, ...hands.map((hand) => hand.length));
  return Array.from({ length: rounds }, (_, round) => hands.flatMap((hand) => hand[round] ?? [])).flat();
}

/** The cells of each subject, in the order of the header. */
const subjectsOf = (shard: Shard | undefined): PlannedCell[][] =>
  shard === undefined ? [] : [...Map.groupBy(shard.run.header.cells, ({ subject }) => subject).values()];

const invalid = (message: string, hint?: string): TwinproofError =>
  new TwinproofError('record-invalid', message, hint === undefined ? {} : { hint });
