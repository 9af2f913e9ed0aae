import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mustRead } from './bootc.ts';

const [CONFIG, OLD, NEW] = ['c', 'a', 'b'].map((letter) => letter.repeat(64));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bootc-'));
  await writeFile(join(folder, 'booted'), '');
});
afterAll(() => rm(folder, { recursive: true }));

/** @param held layers that the repository has a branch for */
async function chosen(
  layers: (string | undefined)[],
  held: (string | undefined)[],
  booted: string,
): Promise<string> {
  const branches = held.map((hex) => `ostree/container/blob/sha256_3A_${hex}`);
  await writeFile(join(folder, 'ostree'), `#!/bin/sh\nprintf '%s\\n' ostree/1/1/0 ${branches.join(' ')}\n`);
  await chmod(join(folder, 'ostree'), 0o755);
  const lines = [`config ${CONFIG}`, ...layers.map((hex) => `layer ${hex}`)];
  await writeFile(join(folder, 'blobs'), `${lines.join('\n')}\n`);
  const script = mustRead(join(folder, 'blobs'), join(folder, booted));
  return (await execa('sh', ['-euc', script], { env: { PATH: `${folder}:${process.env.PATH}` } })).stdout;
}

test('with ostree, the last layer that is not there yet is what bootc must read', async () => {
  expect(await chosen([OLD, NEW], [OLD], 'booted')).toBe(NEW);
  expect(await chosen([NEW, OLD], [OLD], 'booted')).toBe(NEW);
  expect(await chosen([OLD, NEW], [OLD, NEW], 'booted')).toBe('');
});

test('with composefs it is the config', async () => {
  expect(await chosen([OLD, NEW], [OLD], 'no such file')).toBe(CONFIG);
});
