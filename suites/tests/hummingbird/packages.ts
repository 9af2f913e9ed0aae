import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builderImage } from '../../../harness/rebuild/builder.ts';
import { runBuild } from '../../../harness/rebuild/built-packages.ts';
import type { Owner } from '../../../harness/engine/owner.ts';
import type { Engine } from '../../../harness/engine/port.ts';
import type { LockedPackage } from '../../../harness/lock/types.ts';
import { ROOT } from '../selftest/support.ts';
import { ALL_REPOSITORIES } from './repositories.ts';
import type { Repository } from './repositories.ts';
import { sha256 } from '../../../harness/model/digest.ts';

/** What rpm says of a package that was built. */
export interface BuiltPackage {
  /** Below the folder of all repositories. */
  file: string;
  name: string;
  evr: string;
  /** Empty for source packages. */
  sourcerpm: string;
  requires: string[];
  provides: string[];
}

export interface Place {
  engine: Engine;
  owner: Owner;
  onStep: (step: string) => void;
}

/** The image of a definition folder. @param whenGone what happens to a lock whose packages are in no archive any more */
export async function definedBuilder(
  { engine, owner, onStep }: Place,
  path: string,
  whenGone: 'error' | 'refresh' = 'error',
): Promise<{ image: string; digest: string }> {
  const spec = { kind: 'definition' as const, path, place: null };
  return builderImage(engine, owner, spec, { onStep, onNote: onStep, origins: [], whenGone });
}

/**
 * Builds the packages that are wanted, and all that they need, in the bundled builder, which has a compiler.
 * @param folder gets the repositories
 */
export async function buildRepositories(
  place: Place,
  folder: string,
  wanted: readonly string[],
): Promise<BuiltPackage[]> {
  const { engine, owner, onStep } = place;
  const { image } = await definedBuilder(place, join(ROOT, 'fixtures/builder'));
  onStep('building the packages');
  await mkdir(folder, { recursive: true });
  const command = ['python3', '-B', '/source/hummingbird/rpms/build.py', ...wanted];
  const built = { url: 'the Hummingbird-like repositories', source: join(ROOT, 'fixtures'), command };
  await runBuild(engine, owner, { built, image, output: folder });
  return JSON.parse(await readFile(join(folder, 'packages.json'), 'utf8')) as BuiltPackage[];
}

const isIn = ({ file }: BuiltPackage, { folder }: Repository): boolean => file.startsWith(`${folder}/`);

/** What dnf would install into an empty root for these names: every dependency has one package that fulfils it. */
export function closureOf(
  wanted: readonly string[],
  packages: readonly BuiltPackage[],
  repositories: readonly Repository[],
): BuiltPackage[] {
  const binaries = packages.filter(
    (entry) => entry.sourcerpm !== '' && repositories.some((repository) => isIn(entry, repository)),
  );
  const providers = new Map(binaries.flatMap((entry) => entry.provides.map((name) => [name, entry])));
  const found = new Set<BuiltPackage>();
  const open = [...wanted];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name.startsWith('rpmlib(') || name.startsWith('/')) continue;
    const provider = providers.get(name);
    if (provider === undefined) throw new Error(`no package provides ${name}`);
    if (found.has(provider)) continue;
    found.add(provider);
    open.push(...provider.requires);
  }
  return [...found];
}

export const sourcesOf = (
  packages: readonly BuiltPackage[],
  all: readonly BuiltPackage[],
): BuiltPackage[] => {
  const names = new Set(packages.map(({ sourcerpm }) => sourcerpm));
  return all.filter(({ file }) => names.has(file.split('/').at(-1) ?? ''));
};

/** An entry of a lock. @param folder of all repositories */
export async function lockedPackage(entry: BuiltPackage, folder: string): Promise<LockedPackage> {
  const repository = ALL_REPOSITORIES.find((candidate) => isIn(entry, candidate));
  if (repository === undefined) throw new Error(`${entry.file} is in no repository`);
  const bytes = await readFile(join(folder, entry.file));
  return {
    url: repository.url + entry.file.slice(repository.folder.length + 1),
    repoid: repository.repoid,
    size: bytes.length,
    checksum: sha256(bytes),
    name: entry.name,
    evr: entry.evr,
    ...(entry.sourcerpm === '' ? {} : { sourcerpm: entry.sourcerpm }),
  };
}
