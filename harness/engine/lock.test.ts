import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withLock } from './lock.ts';
import { currentOwner } from './owner.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  vi.stubEnv('TWINPROOF_CACHE', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const owner = currentOwner('r');

test('lets one in at a time', async () => {
  let inside = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock('x', owner, work)));
});

test('is free again after a failure', async () => {
  await expect(withLock('x', owner, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await withLock('x', owner, () => Promise.resolve(1))).toBe(1);
});

test.each([
  ['of a process that is gone', JSON.stringify({ ...owner, started: '1' })],
  ['of another boot', JSON.stringify({ ...owner, boot: 'other' })],
  ['that holds rubbish', '{'],
])('takes over a lock %s', async (_name, content) => {
  await mkdir(join(folder, 'locks'));
  await writeFile(join(folder, 'locks', 'x'), content);
  expect(await withLock('x', owner, () => Promise.resolve(1))).toBe(1);
});
