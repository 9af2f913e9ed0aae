import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, twinproof } from './support.ts';

const SELECTED = [
  'fixtures/faulty.catalog.yaml',
  ...['control', 'hostname', 'owner'].flatMap((image) => ['--image', `${image}/*`]),
  ...['--claim', 'reproducible', '--quiet'],
];

async function runsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

test('the shards of a run, reported in any order, are the unsharded run; one left out is named', async () => {
  await using folder = await temporaryFolder();
  const [parts, whole] = [join(folder.path, 'parts'), join(folder.path, 'whole')];
  await twinproof(['verify', ...SELECTED, '--results', whole]);
  for (const part of ['1/2', '2/2']) {
    await twinproof(['verify', ...SELECTED, '--results', parts, '--shard', part]);
  }
  const shards = await runsIn(parts);
  const expected = await twinproof(['report', ...(await runsIn(whole)), '--format', 'json']);
  const merged = await twinproof(['report', ...shards, '--format', 'json']);
  const turned = await twinproof(['report', ...shards.toReversed(), '--format', 'json']);
  expect(expected.stdout).toContain('"fail": 2');
  expect(merged.stdout).toBe(expected.stdout);
  expect(turned.stdout).toBe(expected.stdout);
  expect(merged.exitCode).toBe(1);

  const alone = await twinproof(['report', shards[0] ?? '', '--format', 'json']);
  expect(alone.stderr).toContain('missing shard 2/2 (2 of 3 cells)');
  expect(alone.exitCode).toBe(2);
});
