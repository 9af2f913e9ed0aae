import { expect, test } from 'vitest';
import { exitCode } from '../record/summary.ts';
import { cell } from '../testing/record/run.ts';
import { FORMATS, reportFiles } from './formats.ts';
import type { ReportInput } from './input.ts';
import { madeUp } from '../testing/report/input.ts';

const CLAIM = { subject: 'app/default@linux/amd64', claim: 'runs' };
const run = (leftOut: 'untouched' | 'not-selected', ended = true): ReportInput =>
  madeUp([], { ended, plan: new Map([['app/default@linux/amd64 runs', { ...CLAIM, terms: { leftOut } }]]) });

test('a run that a change gave nothing to check is no failure; any other without a cell is', () => {
  expect(exitCode(run('untouched').summary)).toBe(0);
  expect(exitCode(run('untouched', false).summary)).toBe(2);
  expect(exitCode(run('not-selected').summary)).toBe(2);
  expect(exitCode(madeUp([]).summary)).toBe(2);
  const idle = madeUp([cell('a', 'skipped')], { plan: run('untouched').results.plan });
  expect(exitCode(idle.summary)).toBe(2);
});

test('Konflux calls it skipped', async () => {
  const result = async (input: ReportInput): Promise<unknown> =>
    JSON.parse((await reportFiles(input, FORMATS.only(['konflux']))).get('TEST_OUTPUT') ?? '');
  expect(await result(run('untouched'))).toMatchObject({
    result: 'SKIPPED',
    note: 'nothing was checked, 1 untouched',
  });
  expect(await result(run('untouched', false))).toMatchObject({ result: 'ERROR' });
  expect(await result(run('not-selected'))).toMatchObject({ result: 'ERROR' });
});

test.each(FORMATS.ids)('%s can be made of it', async (id) => {
  const [first] = (await reportFiles(run('untouched'), FORMATS.only([id]))).values();
  expect(first).not.toBe('');
});
