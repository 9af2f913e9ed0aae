import { imageInvalid, IncompleteImage } from '../fault.ts';
import type { OciImage } from '../types.ts';
import { openDockerArchive } from './docker-load.ts';
import { documentOf, readSmall } from './documents.ts';
import { openLayout } from './layout.ts';
import type { FileStore } from './types.ts';
import type { Wanted } from './walk.ts';

const DOCKER_FILES = ['manifest.json', 'repositories'];

async function holdsOne(store: FileStore, names: readonly string[]): Promise<boolean> {
  for (const name of names) if ((await store.find(name)) !== null) return true;
  return false;
}

/** Not every file of that name is the index of a layout. */
async function hasIndex(store: FileStore): Promise<boolean> {
  try {
    return Array.isArray(documentOf(await readSmall(store, 'index.json'), '', store.path).json.manifests);
  } catch {
    return false;
  }
}

/** As a layout, with all its layers in place. @throws TwinproofError; IncompleteImage where something is missing */
async function openWhole(store: FileStore, options: Wanted & { tag: string | null }): Promise<OciImage> {
  const image = await openLayout(store, options);
  for (const { descriptor } of image.layers) await image.locate(descriptor);
  return image;
}

/**
 * Opens an archive whose form is not said. Docker writes both forms into one since version 25, and so do other tools, not
 * all of them completely: what the layout lacks is looked for in the other form.
 * @throws TwinproofError image-invalid, unsupported
 */
export async function openArchive(
  store: FileStore,
  options: Wanted & { tag: string | null },
): Promise<OciImage> {
  const isDocker = await holdsOne(store, DOCKER_FILES);
  if (!isDocker && (await store.find('index.json')) === null)
    throw imageInvalid('is neither an OCI layout nor an image archive', store.path);
  if (!isDocker) return openLayout(store, options);
  if (!(await hasIndex(store))) return openDockerArchive(store, options);
  try {
    return await openWhole(store, options);
  } catch (error) {
    if (!(error instanceof IncompleteImage)) throw error;
    return openDockerArchive(store, options);
  }
}
