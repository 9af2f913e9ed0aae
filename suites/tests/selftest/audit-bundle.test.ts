import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type World, makeWorld, publish } from './audit-world.ts';
import { REGISTRY } from './docker-registry.ts';
import { ROOT, twinproof } from './support.ts';

/** A bundle is all that an audit needs, byte for byte the same each time, and replayed where there is no network at all. */

let world: World;
beforeAll(async () => {
  if (REGISTRY !== null) world = await makeWorld();
});
afterAll(() => (world as World | undefined)?.[Symbol.asyncDispose]());

const MAIN = join(ROOT, 'harness/cli/main.ts');

/** In a network namespace without interfaces; the engine is asked through its socket. */
async function offline(words: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const node = [process.execPath, MAIN, ...words];
  const said = await execa('unshare', ['--net', ...node], { reject: false, stdin: 'ignore' });
  return { exitCode: said.exitCode ?? -1, stdout: said.stdout, stderr: said.stderr };
}

async function blobs(bundle: string): Promise<string[]> {
  return (await readdir(join(bundle, 'blobs/sha256'))).sort();
}

test.skipIf(REGISTRY === null)('the same bundle each time, replayed without a network', async () => {
  const { name, digest } = await publish(world);
  const bundle = async (at: string): Promise<string> => {
    const words = [
      'audit',
      `docker://${name}`,
      '--key',
      world.at('key'),
      '--quiet',
      '--bundle',
      world.at(at),
    ];
    expect(await twinproof(words)).toMatchObject({ exitCode: 0, stdout: '' });
    return world.at(at);
  };
  const [first, second] = [await bundle('first'), await bundle('second')];
  expect(await blobs(second)).toEqual(await blobs(first));
  expect(await readFile(join(second, 'index.json'), 'utf8')).toBe(
    await readFile(join(first, 'index.json'), 'utf8'),
  );
  expect(await blobs(first)).toContain(digest.replace('sha256:', ''));
  for (const blob of await blobs(first)) {
    const bytes = await readFile(join(first, 'blobs/sha256', blob));
    if (bytes.length < 1_000_000) expect(bytes.includes(world.at(''))).toBe(false);
  }
  await execa('skopeo', ['inspect', '--raw', `oci:${first}`]);

  // Without what was published, and without its source.
  await world.registry[Symbol.asyncDispose]();
  await world.git[Symbol.asyncDispose]();
  const replayed = await offline(['replay', first]);
  expect(replayed.stderr).not.toContain('input-unavailable');
  expect(replayed.stdout).toContain('As recorded.');
  expect(replayed.stdout).toContain('published: equal at');
  expect(replayed.exitCode).toBe(0);

  // Another key than that of the bundle.
  const other = await offline(['replay', first, '--key', world.at('other')]);
  expect(other.stdout).toContain('verified with what was given');
  expect(other.stdout).toContain('Other than recorded: signed: pass then, fail now');
  expect(other.exitCode).toBe(1);

  // What is gone, or changed, is told by name.
  for (const harm of ['remove', 'change'] as const) {
    const harmed = world.at(harm);
    await cp(first, harmed, { recursive: true });
    const file = join(harmed, 'blobs/sha256', digest.replace('sha256:', ''));
    if (harm === 'remove') await rm(file);
    else await writeFile(file, `${await readFile(file, 'utf8')} `);
    const refused = await offline(['replay', harmed, '--quiet']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(digest);
  }
});
