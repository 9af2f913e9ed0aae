import { BUILDER_REPOSITORY } from './marks.ts';
import type { Engine } from './port.ts';
import { type Owner, currentOwner, isAlive } from './owner.ts';
import { listScratch, removeScratch } from './scratch.ts';

export interface Swept {
  containers: string[];
  folders: string[];
}

/**
 * Removes marked containers and scratch folders whose owner `unwanted` accepts. A crash (`kill -9`, power cut)
 * leaves them behind; every start calls this for dead owners, `twinproof clean` for all.
 * @param engine null for who needs none: containers are left to those who do
 */
export async function sweep(engine: Engine | null, unwanted: (owner: Owner) => boolean): Promise<Swept> {
  const containers = engine === null ? [] : await sweepContainers(engine, unwanted);
  const folders: string[] = [];
  for (const { folder, owner } of await listScratch()) {
    if (owner !== null && !unwanted(owner)) continue;
    await removeScratch(folder, await helper(engine));
    folders.push(folder);
  }
  return { containers, folders };
}

/** A builder that is there anyway can remove what a build wrote as root. */
async function helper(engine: Engine | null): Promise<Parameters<typeof removeScratch>[1]> {
  if (engine === null) return undefined;
  const [image] = await engine.images.list(BUILDER_REPOSITORY);
  return image === undefined ? undefined : { engine, owner: currentOwner('sweep'), image };
}

async function sweepContainers(engine: Engine, unwanted: (owner: Owner) => boolean): Promise<string[]> {
  const dead = (await engine.list()).filter(({ owner }) => unwanted(owner));
  await Promise.all(dead.map(({ id }) => engine.remove(id)));
  return dead.map(({ id }) => id);
}

export const ownerIsDead = (owner: Owner): boolean => !isAlive(owner);
