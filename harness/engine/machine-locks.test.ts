import { mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { machineLocks } from './machine-locks.ts';

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'machine-locks-'));
});
afterEach(() => rm(base, { recursive: true }));

test('the folder is made once, for its user alone', async () => {
  const folder = await machineLocks(base);
  expect(await machineLocks(base)).toBe(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await readdir(base)).toHaveLength(1);
});

test('what somebody else put there is not used', async () => {
  const user = process.getuid?.() ?? 0;
  await mkdir(join(base, 'elsewhere'));
  await symlink(join(base, 'elsewhere'), join(base, `twinproof-locks-${user}`));
  await expect(machineLocks(base)).rejects.toMatchObject({ code: 'storage' });
  // A folder of another user.
  await mkdir(join(base, `twinproof-locks-${user + 1}`));
  await expect(machineLocks(base, user + 1)).rejects.toMatchObject({ code: 'storage' });
});
