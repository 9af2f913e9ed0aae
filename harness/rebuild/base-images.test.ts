import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Subject } from '../catalog/types.ts';
import type { Engine } from '../engine/port.ts';
import { readyBases } from './base-images.ts';

const BUILDER = {
  name: 'localhost/builder:latest',
  digest: `sha256:${'b'.repeat(64)}`,
  image: 'builder',
  architecture: 'amd64',
  store: 'store',
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bases-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** No engine is needed for what is refused before one is asked. */
async function bases(containerfile: string, architecture: string): ReturnType<typeof readyBases> {
  const path = join(folder, 'Containerfile');
  await writeFile(path, containerfile);
  const subject = {
    platform: { os: 'linux', architecture },
    recipe: { kind: 'containerfile', containerfile: path, buildArgs: {} },
  } as unknown as Subject;
  const owner = { run: 'test', pid: 1, started: '', boot: '' };
  return readyBases({} as Engine, owner, { subject, builder: BUILDER, onStep: () => undefined });
}

test.each([
  ['FROM localhost/builder\n', 1],
  ['FROM scratch AS a\nFROM localhost/builder:latest\n', 2],
  [`FROM localhost/builder@${BUILDER.digest}\n`, 1],
  ['FROM scratch\nCOPY --from=localhost/builder /a /a\n', 2],
])('a build for another platform that takes from the builder is unsupported: %j', async (recipe, line) => {
  await expect(bases(recipe, 'arm64')).rejects.toMatchObject({
    code: 'unsupported',
    message: 'the builder is for linux/amd64, and the image for linux/arm64',
    where: expect.stringContaining(`Containerfile:${line}:1`) as string,
  });
});

test('what takes nothing from it, or is for its own platform, is built', async () => {
  expect(await bases('FROM scratch\nCOPY a /a\n', 'arm64')).toEqual([]);
  expect(await bases('FROM localhost/builder\n', 'amd64')).toEqual([]);
});
