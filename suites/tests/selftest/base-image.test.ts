import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { ensureStore } from '../../../harness/rebuild/store.ts';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { type Engine, idle } from '../../../harness/engine/port.ts';
import { readRun } from '../../../harness/record/reader.ts';
import { findTool } from '../../../harness/setup/tools.mjs';
import { bundledBuilder } from './bundled-builder.ts';
import { loadBase } from './one-file-image.ts';
import { ROOT, temporaryFolder, twinproof, until, writeCatalog } from './support.ts';
import { skopeoCopy } from './docker-registry.ts';

async function verify(folder: string, containerfile: string, more = '') {
  const recipe = `recipe: { containerfile: Containerfile, context: context${more} }`;
  const subject = `  - { image: x, ${recipe}, claims: { reproducible: true, hermetic: true } }\n`;
  const files = { Containerfile: containerfile, 'context/hello': 'hello' };
  const catalog = await writeCatalog(folder, subject, files);
  const { exitCode, stdout, stderr } = await twinproof([
    'verify',
    catalog,
    '--results',
    join(folder, 'results'),
  ]);
  const run = await readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
  return { exitCode, stdout, cells: [...run.cells.values()] };
}

test('a base image in the engine is lent to the builds, copied from and part of the key', async () => {
  await using folder = await temporaryFolder();
  const engine = await connectEngine();
  const name = `localhost/selftest-base:${randomBytes(4).toString('hex')}`;
  await using base = await loadBase(engine, folder.path, name);
  const { tag } = base;
  // As the base of what is built, as a stage without an instruction of its own, and named by COPY itself.
  const recipe = `FROM ${tag} AS only\nFROM ${tag}\nCOPY hello /hello\nCOPY --from=only /base /one\nCOPY --from=${tag} /base /two\n`;
  const { exitCode, cells, stdout } = await verify(folder.path, recipe, ', resolve: true');
  expect(stdout).not.toContain('error');
  expect(exitCode).toBe(0);
  expect(cells.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
  expect(cells[0]?.key?.bases).toEqual({ [tag]: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string });

  await using other = await loadBase(engine, folder.path, name);
  expect(other.tag).toBe(tag);
  const again = await verify(folder.path, recipe, ', resolve: true');
  expect(again.exitCode).toBe(0);
  expect(again.cells[0]?.key?.bases).not.toEqual(cells[0]?.key?.bases);
  expect(again.cells[0]?.keyDigest).not.toBe(cells[0]?.keyDigest);
});

test('a store is filled once for an engine, whichever cache folder a harness has', async () => {
  await using folder = await temporaryFolder();
  const engine = await connectEngine();
  const owner = currentOwner('selftest-store');
  const tool = await bundledBuilder(engine, owner);
  const name = `localhost/selftest-base:${randomBytes(4).toString('hex')}`;
  await using base = await loadBase(engine, folder.path, name);
  const filled = async (cache: string, names: string[]): Promise<{ volume: string; made: string | null }> => {
    vi.stubEnv('TWINPROOF_CACHE', join(folder.path, cache));
    const store = { image: base.tag, digest: base.config, names, tool, nested: false };
    const volume = await ensureStore(engine, owner, store).finally(() => vi.unstubAllEnvs());
    return { volume, made: await engine.volumes.made(volume) };
  };
  const first = await filled('a', [name]);
  try {
    const spec = { image: tool, command: idle(120), limits: { memory: 64 * 2 ** 20, processes: 64 } };
    {
      await using inUse = await engine.run(owner, {
        ...spec,
        inputs: [{ from: { volume: first.volume }, at: '/store' }],
      });
      expect(await filled('b', [name])).toEqual(first);
      expect(await inUse.running()).toBe(true);
    }
    // Another name is not in it.
    expect(await filled('c', [`${name}-other`])).not.toEqual(first);
  } finally {
    await engine.volumes.remove(first.volume);
  }
});

test('a store that two harnesses with cache folders of their own want at once is filled once', async () => {
  await using folder = await temporaryFolder();
  const engine = await connectEngine();
  const tool = await bundledBuilder(engine, currentOwner('selftest-store'));
  const name = `localhost/selftest-base:${randomBytes(4).toString('hex')}`;
  await using base = await loadBase(engine, folder.path, name);
  const store = { image: base.tag, digest: base.config, names: [name], tool, nested: false };
  const harness = join(ROOT, 'harness');
  const script = `import { connectEngine } from '${harness}/engine/connect.ts';
import { currentOwner } from '${harness}/engine/owner.ts';
import { ensureStore } from '${harness}/rebuild/store.ts';
const engine = await connectEngine();
const volume = await ensureStore(engine, currentOwner('selftest-store-' + process.pid), ${JSON.stringify(store)});
console.log(JSON.stringify({ volume, made: await engine.volumes.made(volume) }));
process.exit(0);`;
  const fill = async (cache: string): Promise<{ volume: string; made: string }> => {
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script], {
      env: { TWINPROOF_CACHE: join(folder.path, cache) },
    });
    return JSON.parse(stdout) as { volume: string; made: string };
  };
  const [a, b] = await Promise.all([fill('a'), fill('b')]);
  try {
    expect(a).toEqual(b);
    // And to the end: who comes later finds nothing to do.
    expect(await fill('c')).toEqual(a);
  } finally {
    await engine.volumes.remove(a.volume);
  }
});

test('a floating tag is refused with its place, and so is an image that is nowhere', async () => {
  await using folder = await temporaryFolder();
  const floating = await verify(
    folder.path,
    '# comment\nFROM scratch AS s\nFROM localhost/nowhere:1\nCOPY hello /\n',
  );
  expect(floating.exitCode).toBe(2);
  expect(floating.cells.map(({ error }) => error?.code)).toEqual([
    'builder-unresolved',
    'builder-unresolved',
  ]);
  expect(floating.cells[0]?.error?.message).toMatch(
    /Containerfile:3:1: localhost\/nowhere:1 is a floating tag$/,
  );
  const digest = `127.0.0.1:1/nowhere@sha256:${'0'.repeat(64)}`;
  const absent = await verify(folder.path, `FROM ${digest}\nCOPY hello /\n`);
  expect(absent.exitCode).toBe(2);
  expect(absent.cells[0]?.error?.code).toBe('builder-unresolved');
  expect(absent.cells[0]?.error?.message).toContain(`Containerfile:1:1: could not get the image ${digest}: `);
});

test('an image that only a registry has is pulled by digest', async ({ skip }) => {
  const registry = findTool('docker-registry');
  if (registry === null) return skip('docker-registry is not installed');
  const engine = await connectEngine();
  if (engine.name !== 'Docker Engine')
    return skip(`${engine.name} speaks https only to registries on this machine`);
  await using folder = await temporaryFolder();
  const port = 20_000 + (process.pid % 10_000);
  const config = join(folder.path, 'registry.yml');
  await mkdir(join(folder.path, 'registry'));
  await writeFile(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: '${folder.path}/registry' } }\nhttp: { addr: '127.0.0.1:${port}' }\n`,
  );
  const served = execa(registry, ['serve', config], { reject: false, cleanup: true });
  try {
    const repository = `127.0.0.1:${port}/selftest/base`;
    const digest = await pushed(engine, folder.path, repository);
    const { exitCode, stdout, cells } = await verify(
      folder.path,
      `FROM ${repository}@${digest}\nCOPY hello /hello\n`,
    );
    expect(stdout).not.toContain('error');
    expect(exitCode).toBe(0);
    expect(cells[0]?.key?.bases).toEqual({ [`${repository}@${digest}`]: digest });
    await engine.images.remove(`${repository}@${digest}`);
  } finally {
    served.kill();
    await served;
  }
});

/** Pushes an image and forgets it; the registry's digest of it. */
async function pushed(engine: Engine, folder: string, repository: string): Promise<string> {
  await using base = await loadBase(engine, folder, `${repository}:1`);
  const file = join(folder, 'base.tar');
  await pipeline(await engine.images.export(base.tag), createWriteStream(file));
  const url = `http://${repository.replace('/', '/v2/')}/manifests/1`;
  const answers = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  await until('the registry answers', answers, 30);
  await skopeoCopy(`docker-archive:${file}`, `docker://${base.tag}`);
  const accept =
    'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';
  const { headers } = await fetch(url, { headers: { accept } });
  return headers.get('docker-content-digest') ?? '';
}
