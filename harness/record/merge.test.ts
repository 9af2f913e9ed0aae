import fc from 'fast-check';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CellResult, RunEvent } from './events.ts';
import { mergeRuns } from './merge.ts';
import { readRun } from './reader.ts';
import { summarise } from './summary.ts';
import { cell, logOf, shardLogs } from '../testing/record/run.ts';
import { RunWriter } from './writer.ts';

let folder = '';
let written = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'merge-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function record(events: RunEvent[]) {
  const path = join(folder, String((written += 1)));
  await mkdir(path);
  const writer = new RunWriter(path);
  for (const event of events) writer.append(event);
  writer.close();
  return readRun(path);
}

const recordAll = (logs: RunEvent[][]) => Promise.all(logs.map(record));

/** Subjects with one to three claims each, in an order of their own. */
const catalogs = fc
  .uniqueArray(
    fc.record({
      subject: fc.stringMatching(/^[a-z]{1,4}$/),
      claims: fc.uniqueArray(fc.constantFrom('reproducible', 'hermetic', 'runs'), { minLength: 1 }),
      verdict: fc.constantFrom<CellResult['verdict']>('pass', 'fail', 'error', 'skipped'),
    }),
    { selector: ({ subject }) => subject, minLength: 1, maxLength: 8 },
  )
  .map((subjects) =>
    subjects.flatMap(({ subject, claims, verdict }) =>
      claims.map((claim) => cell(subject, verdict, { claim })),
    ),
  );

test('shards, merged in any order, are the unsharded run', async () => {
  await fc.assert(
    fc.asyncProperty(catalogs, fc.integer({ min: 1, max: 5 }), fc.gen(), async (cells, count, gen) => {
      const logs = shardLogs(cells, count);
      const shuffled = gen(fc.shuffledSubarray, logs, { minLength: logs.length });
      const merged = mergeRuns(await recordAll(shuffled));
      const whole = mergeRuns([await record(logOf(cells))]);
      expect(summarise(merged)).toEqual(summarise(whole));
      expect(merged.planned).toEqual(whole.planned);
    }),
    { numRuns: 25 },
  );
});

test('a shard left out is named, unless it was empty', async () => {
  await fc.assert(
    fc.asyncProperty(catalogs, fc.integer({ min: 2, max: 5 }), fc.gen(), async (cells, count, gen) => {
      const out = gen(fc.integer, { min: 1, max: count });
      const logs = shardLogs(cells, count).filter((_, index) => index !== out - 1);
      const subjects = new Set(cells.map(({ subject }) => subject));
      const runs = await recordAll(logs);
      if (out > subjects.size) {
        expect(mergeRuns(runs).planned).toHaveLength(cells.length);
      } else {
        expect(() => mergeRuns(runs)).toThrow(`missing shard ${out}/${count}`);
      }
    }),
    { numRuns: 25 },
  );
});

const A = cell('a', 'pass');
const B = cell('b', 'pass');
const later = { run: 'later', started: '2026-01-02T00:00:00.000Z' };

test('a shard of an older log, which did not name its whole, is missed too', async () => {
  const [first] = shardLogs([A, B], 2).map((log) =>
    log.map((event) => (event.type === 'header' ? { ...event, whole: undefined } : event)),
  );
  const run = await record(first ?? []);
  expect(() => mergeRuns([run])).toThrow('missing shard 2/2');
});

test('runs of other subjects lie side by side, and results that agree count once', async () => {
  const runs = await recordAll([logOf([A]), logOf([A, B], later)]);
  const merged = summarise(mergeRuns(runs));
  expect(merged).toEqual(summarise(mergeRuns(runs.toReversed())));
  expect(merged.counts.pass).toBe(2);
});

test.each([
  [
    'a contradiction',
    [logOf([A]), logOf([cell('a', 'fail')], later)],
    /a reproducible is pass in r and fail in later/,
  ],
  ['a run twice', [logOf([A]), logOf([A])], /the run r is there twice/],
  [
    'another catalog',
    [logOf([A]), logOf([B], { ...later, catalog: { name: 'd', digest: `sha256:${'2'.repeat(64)}` } })],
    /r and later are of different catalogs/,
  ],
  [
    'another version',
    [logOf([A]), logOf([B], { ...later, harness: '9' })],
    /different versions of the harness/,
  ],
  [
    'other inputs',
    [logOf([A]), logOf([cell('a', 'pass', { key: null, keyDigest: null })], later)],
    /a reproducible is of different inputs/,
  ],
  ['nothing', [], /no run/],
  [
    'a shard twice',
    [logOf([A], { shard: '1/2' }), logOf([B], { ...later, shard: '1/2' })],
    /a shard of 2 is there twice/,
  ],
] as [string, RunEvent[][], RegExp][])('is refused: %s', async (_name, logs, message) => {
  const runs = await recordAll(logs);
  expect(() => mergeRuns(runs)).toThrow(message);
  expect(() => mergeRuns(runs.toReversed())).toThrow();
});

test('a shard that was cut leaves the whole incomplete', async () => {
  const [first = [], second = []] = shardLogs([A, B], 2);
  const merged = mergeRuns(await recordAll([first, second.slice(0, 1)]));
  expect(summarise(merged)).toMatchObject({ complete: false, missing: ['b reproducible'] });
});

test('what one of several runs checked is not left out; what both left out is', async () => {
  const plan = (a: object, b: object) => [
    { subject: 'a', claims: { reproducible: a } },
    { subject: 'b', claims: { reproducible: b } },
    { subject: 'c', claims: { reproducible: { leftOut: 'not-selected' as const } } },
  ];
  const left = { leftOut: 'untouched' };
  const logs = [
    logOf([cell('a', 'pass')], { run: 'r1', plan: plan({}, left) }),
    logOf([cell('b', 'pass')], { run: 'r2', plan: plan(left, {}) }),
  ];
  const merged = mergeRuns(await recordAll(logs));
  expect([...(merged.plan?.values() ?? [])].map(({ terms }) => terms.leftOut)).toEqual([
    undefined,
    undefined,
    'not-selected',
  ]);
  const older = mergeRuns(await recordAll([logOf([cell('d', 'pass')], { run: 'r3' }), logs[0] ?? []]));
  expect(older.plan).toBeNull();
});

test('two runs that each found one image, and not the same, contradict one another', async () => {
  const passing = (config: string, asked = 'config') =>
    cell('a', 'pass', { detail: { asked, a: { config, manifest: `m-${config}` } } });
  const merged = async (...cells: CellResult[]) =>
    mergeRuns(await recordAll(cells.map((one, index) => logOf([one], { run: `r${index}` }))));
  expect((await merged(passing('x'), passing('x'))).cells.size).toBe(1);
  await expect(merged(passing('x'), passing('y'))).rejects.toThrow('of different images: x and y');
  await expect(merged(passing('x', 'manifest'), passing('y', 'manifest'))).rejects.toThrow('m-x and m-y');
  // Whoever asks for the same files only is told of nothing more.
  expect((await merged(passing('x', 'tree'), passing('y', 'tree'))).cells.size).toBe(1);
});
