import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRun } from './find-run.ts';

let folder: string;
const before = process.cwd();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-run-'));
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true });
});

async function makeRun(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'run.jsonl'), '');
}

test('the newest run in the usual folder, one of its names, or a path', async () => {
  await expect(findRun(undefined)).rejects.toThrow('there is no run in results/runs');
  for (const name of ['20260101T000000Z-aaaaaa', '20260301T000000Z-000000', '20260201T000000Z-ffffff'])
    await makeRun(join('results/runs', name));
  await mkdir('results/runs/20270101T000000Z-abcdef');
  await makeRun('mine');
  expect(await findRun(undefined)).toBe('results/runs/20260301T000000Z-000000');
  expect(await findRun('20260101T000000Z-aaaaaa')).toBe('results/runs/20260101T000000Z-aaaaaa');
  for (const path of ['mine', 'mine/run.jsonl', join(folder, 'mine'), 'nowhere'])
    expect(await findRun(path)).toBe(path);
});
