import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BisectResult } from '../../../harness/run/bisect-result.ts';
import type { Explanation } from '../../../harness/explain/group.ts';
import { readRun } from '../../../harness/record/reader.ts';
import { temporaryFolder, twinproof } from './support.ts';
import { VARIATIONS } from '../../../harness/model/variations.ts';
import { schemaFaults } from '../../../harness/testing/schemas.ts';

const CATALOG = 'fixtures/variations.catalog.yaml';

/** The order of start has no fixture: what it changes is the time, which no image is to depend on. */
const WITH_FIXTURE = VARIATIONS.filter((variation) => variation !== 'order');

async function verdictOf(image: string, vary: string): Promise<{ verdict: string; notApplied: string[] }> {
  await using folder = await temporaryFolder();
  const args = ['verify', CATALOG, '--image', image, '--vary', vary, '--results', folder.path];
  const { stderr } = await twinproof(args);
  const run = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  const subject = `${image}/default@linux/amd64`;
  const environment = run.twins.get(subject)?.builds[0]?.environment ?? [];
  return {
    verdict: run.cells.get(`${subject} reproducible`)?.verdict ?? 'missing',
    notApplied: environment.flatMap(({ variation, notApplied }) =>
      notApplied === undefined ? [] : [variation],
    ),
  };
}

test.each(WITH_FIXTURE)(
  '%s alone makes its fixture differ, all others together do not',
  async (variation) => {
    const [alone, without] = await Promise.all([
      verdictOf(variation, variation),
      verdictOf(variation, `all,-${variation}`),
    ]);
    // Where the machine cannot apply it the record says so, and there is nothing to see.
    expect(alone.verdict).toBe(alone.notApplied.includes(variation) ? 'pass' : 'fail');
    expect(without.verdict).toBe('pass');
  },
);

test('the control stays equal under all variations together', async () => {
  expect((await verdictOf('control', 'all')).verdict).toBe('pass');
});

interface Bisected {
  exitCode: number;
  result: BisectResult;
  json: string;
}

async function bisect(catalog: string, image: string, ...more: string[]): Promise<Bisected> {
  const { exitCode, stdout } = await twinproof(['bisect', image, '--catalog', catalog, '--json', ...more]);
  const result = JSON.parse(stdout) as BisectResult;
  expect(schemaFaults(result)).toBe(null);
  return { exitCode: exitCode ?? -1, result, json: stdout };
}

test.each([
  ['memory', 'default,umask'],
  ['timezone', 'all'],
])('bisect names %s within ⌈log₂ variations⌉ + 3 builds of --vary %s', async (variation, vary) => {
  const { exitCode, result } = await bisect(CATALOG, variation, '--vary', vary);
  expect(exitCode).toBe(1);
  expect(result.cause?.variations.map((found) => found.variation)).toEqual([variation]);
  expect(result.cause?.paths).toEqual(['file']);
  expect(result.builds.length).toBeLessThanOrEqual(Math.ceil(Math.log2(result.variations.length)) + 3);
});

test('what bisect showed is proven in what explain says, of the same source only', async () => {
  await using folder = await temporaryFolder();
  const args = ['verify', CATALOG, '--image', '{memory,home}', '--results', folder.path];
  const { stderr } = await twinproof(args);
  const results = /recorded in (\S+)/.exec(stderr)?.[1] ?? '';
  const { json } = await bisect(CATALOG, 'memory');
  const file = join(folder.path, 'bisect.json');
  await writeFile(file, json);
  const reported = await twinproof(['explain', 'memory', '--run', results, '--bisect', file, '--json']);
  const { causes } = JSON.parse(reported.stdout) as Explanation;
  expect(causes.map(({ id, confidence, places }) => ({ id, confidence, places }))).toEqual([
    { id: 'environment', confidence: 'proven', places: ['file'] },
  ]);
  expect(causes[0]?.evidence).toMatch(/proven by building: build \d+ differs from build \d+ when memory is /);
  const other = await twinproof(['explain', 'home', '--run', results, '--bisect', file]);
  expect(other.exitCode).toBe(2);
  expect(other.stderr).toContain('it is about memory/default@linux/amd64');
});

test('bisect names two variations that only differ together', async () => {
  const { result } = await bisect(CATALOG, 'pair');
  expect(result.cause?.variations.map(({ variation }) => variation).sort()).toEqual(['hostname', 'user']);
});

test('bisect finds nothing in the control, and has built it with all variations', async () => {
  const { exitCode, result } = await bisect(CATALOG, 'control');
  expect({ exitCode, verdict: result.verdict }).toEqual({ exitCode: 0, verdict: 'none' });
  expect(result.builds.at(-1)?.variations).toEqual(result.variations);
});

test('bisect says that the cause is in the build itself, and how often', async () => {
  const { exitCode, result } = await bisect('fixtures/faulty.catalog.yaml', 'random');
  expect({ exitCode, verdict: result.verdict, control: result.control }).toMatchObject({
    exitCode: 1,
    verdict: 'itself',
    control: { compared: 4, differing: 4 },
  });
});

test('of more than two builds it says how many differ, with a confidence interval', async () => {
  await using folder = await temporaryFolder();
  const args = ['verify', 'fixtures/faulty.catalog.yaml', '--image', 'random', '--image', 'control'];
  const { stdout } = await twinproof([
    ...args,
    '--claim',
    'reproducible',
    '--builds',
    '4',
    '--results',
    folder.path,
  ]);
  expect(stdout).toContain('3 of 3 differ from the first (100 %; 95 % confidence: 44 % to 100 %)');
  expect(stdout).toMatch(/control\/default@linux\/amd64 +│ pass/);
});
