import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { storageError } from './storage.ts';
import { scratchRoot } from './folders.ts';
import type { Owner } from './owner.ts';
import { type Engine, idle } from './port.ts';

const OWNER_FILE = 'owner.json';
const UNNAMED = '.new-';
/** Milliseconds after which a folder that still has no owner was cut off while being made. */
const ABANDONED = 600_000;

/** A new folder that belongs to a run: what a crash leaves of it, the next start removes. */
export async function makeScratch(owner: Owner, label: string): Promise<string> {
  const name = `${label.replaceAll(/[^\w.-]/g, '_')}-${randomBytes(6).toString('hex')}`;
  const folder = join(scratchRoot(), name);
  // It gets its name when it has its owner, so that nobody sweeps it in between.
  const unnamed = join(scratchRoot(), `${UNNAMED}${name}`);
  try {
    await mkdir(unnamed, { recursive: true, mode: 0o700 });
    await writeFile(join(unnamed, OWNER_FILE), JSON.stringify(owner));
    await rename(unnamed, folder);
  } catch (cause) {
    throw storageError(`could not make the scratch folder ${folder}`, cause);
  }
  return folder;
}

/**
 * Removes a scratch folder. Builds run as root inside their container, so a user of a rootful engine may not
 * remove what they wrote; then a container does it.
 */
export async function removeScratch(
  folder: string,
  helper?: { engine: Engine; owner: Owner; image: string },
): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (helper === undefined || (code !== 'EACCES' && code !== 'EPERM'))
      throw storageError(`could not remove ${folder}`, cause);
    await using container = await helper.engine.run(helper.owner, {
      image: helper.image,
      command: idle(60),
      outputs: [{ to: folder, at: '/scratch' }],
      capabilities: ['DAC_OVERRIDE', 'FOWNER'],
      limits: { memory: 256 * 1024 ** 2, processes: 32 },
    });
    await container.exec(['find', '/scratch', '-mindepth', '1', '-delete']);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Scratch folders with their owners; a folder whose maker died before it had one has null. */
export async function listScratch(): Promise<{ folder: string; owner: Owner | null }[]> {
  const names = await readdir(scratchRoot()).catch(() => []);
  const listed = names.map(async (name) => {
    const folder = join(scratchRoot(), name);
    const made = (await stat(folder).catch(() => null))?.mtimeMs ?? Date.now();
    if (name.startsWith(UNNAMED) && Date.now() - made < ABANDONED) return [];
    const text = await readFile(join(folder, OWNER_FILE), 'utf8').catch(() => null);
    return [{ folder, owner: text === null ? null : parseOwner(text) }];
  });
  return (await Promise.all(listed)).flat();
}

function parseOwner(text: string): Owner | null {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return null;
  }
}
