import type { RunnerTask, RunnerTestCase, RunnerTestFile, RunnerTestSuite } from 'vitest';
import type { Fault } from './types.ts';
import { isTheirs } from './place.ts';
import { declared, tests } from './tests.ts';

export const NO_TEST = 'it registers no test; claim() declares a claim and makes its tests';

/** What a runner of Vitest's tells of the tests of claims. Only it sees all of their ends: hooks fail, suites are skipped. */

/**
 * Once all tests are known: those that will not be run have ended.
 * @param modules files that were read for them
 */
export function collected(file: RunnerTestFile, modules: readonly string[]): void {
  const known = testsIn(file);
  for (const test of known.values()) if (test.mode !== 'run' && test.mode !== 'queued') end(test);
  file.meta.twinproofSuite = {
    claims: [...declared],
    cells: tests.map(({ subject, claim }) => ({ subject, claim })),
    modules: modules.filter(isTheirs),
    faults: faultsIn(known, file),
  };
}

/** What Vitest says of tests while they run. */
export function updated(files: readonly RunnerTestFile[], finished: ReadonlySet<string>): void {
  for (const file of files) for (const [id, test] of testsIn(file)) if (finished.has(id)) end(test);
}

function end({ meta, result, suite }: RunnerTestCase): void {
  const test = meta.twinproofTest === undefined ? undefined : tests[meta.twinproofTest];
  const broken = brokenAround(suite);
  const { state } = result ?? {};
  if (state === 'pass' || state === 'fail')
    test?.ended.resolve({ state, note: '', errors: result?.errors ?? [] });
  else if (broken.length > 0) test?.ended.resolve({ state: 'fail', note: '', errors: broken });
  else test?.ended.resolve({ state: 'skip', note: noteOf(result), errors: [] });
}

const noteOf = (result: RunnerTestCase['result']): string =>
  result !== undefined && 'note' in result && typeof result.note === 'string' ? result.note : '';

/** Errors of what stands around a test, for which it was not run. */
function brokenAround(suite: RunnerTestSuite | undefined): readonly unknown[] {
  if (suite === undefined) return [];
  return suite.result?.state === 'fail' && (suite.result.errors ?? []).length > 0
    ? (suite.result.errors ?? [])
    : brokenAround(suite.suite);
}

const testsIn = (file: RunnerTestFile): Map<string, RunnerTestCase> =>
  new Map(allTests(file).flatMap((test) => (test.meta.twinproofTest === undefined ? [] : [[test.id, test]])));

const allTests = ({ tasks }: { tasks: RunnerTask[] }): RunnerTestCase[] =>
  tasks.flatMap((task) => (task.type === 'suite' ? allTests(task) : [task]));

/** What cannot be checked as it stands. */
function faultsIn(known: ReadonlyMap<string, RunnerTestCase>, file: RunnerTestFile): Fault[] {
  const stray = allTests(file).filter(({ id }) => !known.has(id));
  const waiting = [...known.values()].filter((test) => !isConcurrent(test));
  const silent = declared.filter(({ id }) => !tests.some(({ claim }) => claim === id));
  return [
    ...refused(file).map((text) => ({ text, line: null })),
    ...stray.map((test) => faultOf(test, 'is of no claim; make tests of what claim() returns')),
    ...waiting.map((test) =>
      faultOf(test, 'is sequential; tests of claims wait for the images of one another'),
    ),
    ...silent.map(({ id }) => ({ text: `the claim ${id} has no test`, line: null })),
    ...(declared.length === 0 ? [{ text: NO_TEST, line: null }] : []),
  ];
}

const faultOf = ({ name, location }: RunnerTestCase, what: string): Fault => ({
  text: `the test "${name}" ${what}`,
  line: location?.line ?? null,
});

/** What Vitest refuses before it runs anything: a test or suite that is to be the only one. */
const refused = ({ tasks }: { tasks: RunnerTask[] }): string[] =>
  tasks.flatMap((task) => [
    ...(task.result?.errors ?? []).map(({ message }) => message),
    ...(task.type === 'suite' ? refused(task) : []),
  ]);

const isConcurrent = (task: RunnerTestCase | RunnerTestSuite): boolean =>
  'filepath' in task || (task.concurrent === true && (task.suite === undefined || isConcurrent(task.suite)));
