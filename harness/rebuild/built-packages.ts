import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltPackages } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import { type Engine, idle } from '../engine/port.ts';
import { cacheFolder } from '../engine/folders.ts';
import type { Owner } from '../engine/owner.ts';
import { makeScratch, removeScratch } from '../engine/scratch.ts';
import { adopt, checksumOf, findCached, prepareCache } from '../fetch/cache.ts';
import { algorithmOf, pinOf, whyUnverified } from '../lock/checksum.ts';
import { readLock } from '../lock/parse.ts';
import type { Lock } from '../lock/types.ts';
import { fileNameOf } from '../lock/url.ts';
import { lockedFiles } from './inputs.ts';
import type { ReadyBuilder } from './types.ts';

interface Request {
  built: BuiltPackages;
  /** Path of the lock whose packages are wanted. */
  lock: string;
  architecture: string;
  builder: () => Promise<ReadyBuilder>;
  onStep: (step: string) => void;
}

/**
 * Builds, without network, the packages that a lock names under the URL prefix of `built`, and puts those that have
 * the locked checksum into the cache. Does nothing when they are all there.
 * @throws TwinproofError `input-mismatch` when a package of the right name comes out with other bytes
 */
export async function buildPackages(engine: Engine, owner: Owner, request: Request): Promise<void> {
  const { built, lock, architecture, builder, onStep } = request;
  const wanted = wantedFrom(await readLock(lock), architecture, built.url);
  const missing = await missingFrom(cacheFolder(), wanted);
  if (missing.length === 0) return;
  onStep(`building ${missing.length} packages`);
  const { image } = await builder();
  const folder = await makeScratch(owner, 'packages');
  try {
    const output = join(folder, 'output');
    await mkdir(output);
    await runBuild(engine, owner, { built, image, output });
    await keep(output, missing);
  } finally {
    await removeScratch(folder, { engine, owner, image });
  }
}

/** A package that is built here, and what it must come out as. */
interface Wanted {
  name: string;
  checksum: string;
}

/** No server has them, so that only the checksum tells whether what was built is what was locked. */
function wantedFrom(lock: Lock, architecture: string, prefix: string): Wanted[] {
  return lockedFiles(lock, architecture)
    .filter(({ url }) => url.startsWith(prefix))
    .map((file) => {
      const checksum = pinOf(file);
      const name = fileNameOf(file.url) ?? file.url;
      if (checksum !== null) return { name, checksum };
      const message = `${name} is built here, and ${whyUnverified(file) ?? ''}`;
      throw new TwinproofError('lock-invalid', message, {
        where: lock.path,
        hint: '`npx twinproof lock` writes its checksum',
      });
    });
}

async function missingFrom(cache: string, files: Wanted[]): Promise<Wanted[]> {
  const missing: Wanted[] = [];
  for (const file of files) if ((await findCached(cache, file)) === null) missing.push(file);
  return missing;
}

/**
 * Builds packages into a folder, and with `index` also the metadata that makes it a repository (createrepo_c).
 * @throws TwinproofError `input-unavailable` when they cannot be built
 */
export async function runBuild(
  engine: Engine,
  owner: Owner,
  {
    built,
    image,
    output,
    index = false,
  }: { built: BuiltPackages; image: string; output: string; index?: boolean },
): Promise<void> {
  await using container = await engine.run(owner, {
    image,
    command: idle(1200),
    inputs: [{ from: built.source, at: '/source' }],
    outputs: [{ to: output, at: '/output' }],
    scratch: {
      '/tmp': { executable: true, size: 1024 ** 3 },
      '/var/tmp': { executable: true, size: 1024 ** 3 },
      '/run': {},
    },
    // Root inside need not be the owner of the output folder outside.
    capabilities: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'],
    environment: { HOME: '/tmp', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    limits: { memory: 3 * 1024 ** 3, processes: 512 },
  });
  const commands = [built.command, ...(index ? [['createrepo_c', '--quiet', '/output']] : [])];
  for (const command of commands) {
    const { exitCode, stdout, stderr } = await container.exec(['timeout', '1000', ...command]);
    if (exitCode === 0) continue;
    const message = `the packages under ${built.url} could not be built: ${reasonIn(stderr || stdout)}`;
    throw new TwinproofError('input-unavailable', message, { where: built.source });
  }
}

/** Build programs close with what they did last, which need not be what went wrong. */
function reasonIn(output: string): string {
  const lines = output.trimEnd().split('\n');
  return (lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1) ?? '').slice(0, 300);
}

async function keep(output: string, wanted: Wanted[]): Promise<void> {
  const cache = cacheFolder();
  await prepareCache(cache);
  const byName = new Map((await filesIn(output)).map((path) => [path.split('/').at(-1), path]));
  for (const file of wanted) {
    const { name } = file;
    const path = byName.get(name);
    if (path === undefined)
      throw new TwinproofError('input-unavailable', `building the packages made no ${name}`);
    const checksum = await checksumOf(path, algorithmOf(file.checksum));
    if (checksum !== file.checksum) {
      throw new TwinproofError(
        'input-mismatch',
        `${name} came out as ${checksum}, the lock says ${file.checksum}`,
        {
          hint: 'its sources or the builder changed: refresh the lock with `npx twinproof lock`',
        },
      );
    }
    // Adopting renames; the output folder may be on another file system than the cache's own parts.
    const part = join(cache, 'partial', `${checksum.replace(':', '-')}.built`);
    await copyFile(path, part);
    await adopt(cache, part, checksum);
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
