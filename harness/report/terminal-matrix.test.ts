import { expect, test } from 'vitest';
import { cell } from '../testing/record/run.ts';
import { matrixOf } from './matrix.ts';
import { matrixTables } from './terminal-matrix.ts';
import { madeUp } from '../testing/report/input.ts';

const SYSTEM_CLAIMS = ['boots', 'root-read-only', 'state-writable', 'update', 'rollback'];
const system = 'os/default@linux/amd64';
const { summary } = madeUp([
  cell('web/default@linux/amd64', 'pass'),
  cell(system, 'pass'),
  ...SYSTEM_CLAIMS.map((claim) => cell(system, claim === 'update' ? 'fail' : 'pass', { claim })),
]);
const tables = (columns: number): string[][] =>
  matrixTables(matrixOf(summary), columns, (found) => found?.verdict ?? '-').map((text) => text.split('\n'));

test('where there is room, it is one table', () => {
  const [whole = [], ...more] = tables(120);
  expect(more).toEqual([]);
  expect(whole[1]).toContain('│ subject                 │ reproducible │ boots │');
  expect(whole[3]).toMatch(/^│ web\S+ │ pass +│ - +│/);
});

test('where there is not, what some subjects claim has a table of its own, with claims down', () => {
  const [shared = [], own = [], ...more] = tables(70);
  expect(more).toEqual([]);
  expect(shared).toHaveLength(5);
  expect(shared[1]).toBe('│ subject                 │ reproducible │');
  expect(own[1]).toBe('│ claim          │ os/default@linux/amd64 │');
  expect(own.slice(2, -1).map((line) => line.split(/[ │]+/).slice(1, 3))).toEqual(
    SYSTEM_CLAIMS.map((claim) => [claim, claim === 'update' ? 'fail' : 'pass']),
  );
});

test('what all claim is reported once, also where nothing makes it fit', () => {
  const all = matrixOf(madeUp([cell('a/default@linux/amd64', 'pass')]).summary);
  expect(matrixTables(all, 10, () => 'pass')).toHaveLength(1);
});
