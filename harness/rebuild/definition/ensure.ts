import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Origin } from '../../catalog/types.ts';
import { TwinproofError } from '../../errors.ts';
import { cacheFolder } from '../../engine/folders.ts';
import { BUILDER_REPOSITORY } from '../../engine/marks.ts';
import type { Engine } from '../../engine/port.ts';
import type { Owner } from '../../engine/owner.ts';
import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { lockedArch } from '../inputs.ts';
import { fetchLock } from '../fetch-lock.ts';
import { waiverNote } from '../../lock/expired.ts';
import { readLock } from '../../lock/parse.ts';
import type { Lock } from '../../lock/types.ts';
import { digestTree } from '../source-digest.ts';
import { atMostEvery } from '../throttle.ts';
import { builderConfig, imageArchive } from './image-archive.ts';
import { writeRootfs } from './rootfs.ts';
import { ociArchitecture } from '../../model/platform.ts';
import { sha256 } from '../../model/digest.ts';

/** What Containerfiles call a builder made from a definition: `FROM localhost/builder`. */
const FROM_NAME = 'localhost/builder:latest';

/** Changes whenever the way a definition becomes an image does, so that cached builders are not mistaken for new ones. */
const COMPOSITION = 1;

export interface DefinitionOptions {
  onStep: (step: string) => void;
  onNote: (text: string) => void;
  origins: Origin[];
  whenGone: 'error' | 'refresh';
  /** Stands in for the folder's own lock: one that was resolved just now and is not written yet. */
  lock?: Lock;
}

/**
 * The builder of a definition folder (`debs.lock.yaml`, `rootfs/`, `links.txt`), made once per digest of all that
 * defines it and kept in the engine.
 * @returns its digest is that of its image config: the same lock gives the same digest on every machine
 */
export async function ensureDefinedBuilder(
  engine: Engine,
  owner: Owner,
  folder: string,
  options: DefinitionOptions,
): Promise<{ name: string; digest: string; image: string; architecture: string }> {
  const written = options.lock ?? (await readLock(join(folder, 'debs.lock.yaml')));
  const known = await findMade(engine, folder, written);
  const common = { name: FROM_NAME, architecture: engineArch(engine) };
  if (known.digest !== undefined) {
    const waived = waiverNote(written);
    if (waived !== null) options.onNote(waived);
    return { ...common, digest: known.digest, image: known.image };
  }
  // Only now, when it must be made: its packages need not be there any more for a builder that is.
  const { lock, cached } = await fetchLock(written.path, engineArch(engine), { ...options, lock: written });
  const made = lock === written ? known : await findMade(engine, folder, lock);
  const { image, marker } = made;
  if (made.digest !== undefined) return { ...common, digest: made.digest, image };
  const digest = await makeBuilder(engine, owner, { folder, lock, cached, image, onStep: options.onStep });
  await mkdir(join(cacheFolder(), 'builders'), { recursive: true });
  await writeFile(`${marker}.part`, JSON.stringify({ digest }));
  await rename(`${marker}.part`, marker);
  return { ...common, digest, image };
}

/** A builder that `ensureDefinedBuilder` made: what the engine calls it, and the file that says so. */
export async function madeBuilder(
  engine: Engine,
  folder: string,
): Promise<{ image: string; marker: string }> {
  return findMade(engine, folder, await readLock(join(folder, 'debs.lock.yaml')));
}

/** What the engine calls the builder of a definition, and its digest when it was made before and is still there. */
async function findMade(
  engine: Engine,
  folder: string,
  lock: Lock,
): Promise<{ image: string; marker: string; digest?: string }> {
  const definition = sha256(
    JSON.stringify([
      COMPOSITION,
      lock.digest,
      engineArch(engine),
      await treeOf(folder, 'rootfs'),
      await treeOf(folder, 'links.txt'),
    ]),
  );
  const image = `${BUILDER_REPOSITORY}:${definition.slice('sha256:'.length, 'sha256:'.length + 24)}`;
  const marker = join(cacheFolder(), 'builders', `${definition.replace('sha256:', '')}.json`);
  const digest = await readMarker(marker);
  const isThere = digest !== null && (await engine.images.find(image)) !== null;
  return isThere ? { image, marker, digest } : { image, marker };
}

/** Engine API names are Go's, and so are the lock's for Debian. */
const engineArch = (engine: Engine): string => ociArchitecture(engine.architecture);

async function treeOf(folder: string, name: string): Promise<string | null> {
  return digestTree(join(folder, name)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
}

async function readMarker(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  try {
    return text === null ? null : (JSON.parse(text) as { digest: string }).digest;
  } catch {
    return null;
  }
}

async function makeBuilder(
  engine: Engine,
  owner: Owner,
  work: {
    folder: string;
    lock: Lock;
    cached: Map<string, string>;
    image: string;
    onStep: (step: string) => void;
  },
): Promise<string> {
  const { folder, lock, cached, image, onStep } = work;
  const architecture = engineArch(engine);
  const packages = (lockedArch(lock, architecture)?.packages ?? []).map(({ url }) => cached.get(url) ?? '');
  const scratch = await makeScratch(owner, 'builder');
  try {
    const path = join(scratch, 'layer.tar');
    onStep('making the builder');
    const tellDone = atMostEvery(3000, (done: number) =>
      onStep(`making the builder: ${done} of ${packages.length} packages`),
    );
    const { diffId, size } = await writeRootfs(folder, packages, path, tellDone);
    const config = builderConfig({ architecture, diffId });
    onStep('loading the builder into the engine');
    await engine.images.load(imageArchive(config, { path, size }, image));
    if ((await engine.images.find(image)) === null) {
      throw new TwinproofError('engine-unavailable', `the engine does not have ${image} after loading it`);
    }
    return config.digest;
  } finally {
    await removeScratch(scratch);
  }
}
