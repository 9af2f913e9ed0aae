import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLockInputs } from './lock-inputs.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-inputs-'));
  for (const image of ['nginx', 'redis']) {
    await mkdir(join(folder, image));
    await writeFile(join(folder, image, 'debs.in.yaml'), '');
  }
});
afterAll(() => rm(folder, { recursive: true }));

const found = async (...globs: string[]): Promise<string[]> =>
  (await findLockInputs(folder, globs)).map((path) => relative(folder, path));

test('globs choose by path and by folder', async () => {
  expect(await found()).toEqual(['nginx/debs.in.yaml', 'redis/debs.in.yaml']);
  expect(await found('redis')).toEqual(['redis/debs.in.yaml']);
  expect(await found('ng*', 'redis/*.yaml')).toEqual(['nginx/debs.in.yaml', 'redis/debs.in.yaml']);
});

test('a glob that matches nothing is refused, also beside one that matches', async () => {
  await expect(found('redis', 'ngnix')).rejects.toThrow('--image ngnix matches no lock');
});
