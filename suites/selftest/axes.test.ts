import { expect, test } from 'vitest';
import { AXES } from '../../harness/build/environment/types.ts';
import type { BisectResult } from '../../harness/run/bisect.ts';
import { readRun } from '../../harness/record/reader.ts';
import { temporaryFolder, twinproof } from './support.ts';

const CATALOG = 'fixtures/axes.catalog.yaml';

/** The order of start has no fixture: what it changes is the time, which no image is to depend on. */
const WITH_FIXTURE = AXES.filter((axis) => axis !== 'order');

async function verdictOf(image: string, vary: string): Promise<{ verdict: string; notApplied: string[] }> {
  await using folder = await temporaryFolder();
  const args = ['verify', CATALOG, '--image', image, '--vary', vary, '--results', folder.path];
  const { stderr } = await twinproof(args);
  const run = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  const subject = `${image}/default@linux/amd64`;
  const environment = run.twins.get(subject)?.builds[0]?.environment ?? [];
  return {
    verdict: run.cells.get(`${subject} reproducible`)?.verdict ?? 'missing',
    notApplied: environment.flatMap(({ axis, notApplied }) => (notApplied === undefined ? [] : [axis])),
  };
}

test.each(WITH_FIXTURE)('%s alone makes its fixture differ, all others together do not', async (axis) => {
  const alone = await verdictOf(axis, axis);
  // Where the machine cannot apply it the record says so, and there is nothing to see.
  expect(alone.verdict).toBe(alone.notApplied.includes(axis) ? 'pass' : 'fail');
  const without = await verdictOf(axis, `all,-${axis}`);
  expect(without.verdict).toBe('pass');
});

test('the control stays equal under all axes together', async () => {
  expect((await verdictOf('control', 'all')).verdict).toBe('pass');
});

async function bisect(catalog: string, image: string): Promise<{ exitCode: number; result: BisectResult }> {
  const { exitCode, stdout } = await twinproof(['bisect', image, '--catalog', catalog, '--json']);
  return { exitCode: exitCode ?? -1, result: JSON.parse(stdout) as BisectResult };
}

test('bisect names one axis within ⌈log₂ axes⌉ + 3 builds', async () => {
  const { exitCode, result } = await bisect(CATALOG, 'memory');
  expect(exitCode).toBe(1);
  expect(result.cause?.axes.map(({ axis }) => axis)).toEqual(['memory']);
  expect(result.cause?.paths).toEqual(['file']);
  expect(result.builds.length).toBeLessThanOrEqual(Math.ceil(Math.log2(AXES.length)) + 3);
});

test('bisect names two axes that only differ together', async () => {
  const { result } = await bisect(CATALOG, 'pair');
  expect(result.cause?.axes.map(({ axis }) => axis).sort()).toEqual(['hostname', 'user']);
});

test('bisect finds nothing in the control, with three builds', async () => {
  const { exitCode, result } = await bisect(CATALOG, 'control');
  expect({ exitCode, verdict: result.verdict, builds: result.builds.length }).toEqual({
    exitCode: 0,
    verdict: 'none',
    builds: 3,
  });
});

test('bisect says that the cause is in the build itself, and how often', async () => {
  const { exitCode, result } = await bisect('fixtures/faulty.catalog.yaml', 'random');
  expect({ exitCode, verdict: result.verdict, control: result.control }).toMatchObject({
    exitCode: 1,
    verdict: 'itself',
    control: { compared: 4, differing: 4 },
  });
});
