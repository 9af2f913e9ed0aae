import { stat } from 'node:fs/promises';
import { imageInvalid } from './fault.ts';
import { parseReference, type Reference } from './reference.ts';
import { isRegistryName } from './registry/name.ts';
import type { RegistryOptions } from './registry/types.ts';
import { openDir } from './transport/dir.ts';
import { openArchive } from './transport/archive.ts';
import { openDockerArchive } from './transport/docker-load.ts';
import { folderStore } from './transport/folder-store.ts';
import { openLayout } from './transport/layout.ts';
import { archiveStore } from './transport/store.ts';
import type { Wanted } from './transport/walk.ts';
import type { OciImage } from './types.ts';
import type { Platform } from '../model/platform.ts';

export interface OpenOptions {
  platform?: Platform | undefined;
  registry?: RegistryOptions | undefined;
}

/**
 * Opens an image by reference (see reference.ts); reads index, manifest and config, verified, but no layers. Close it.
 * @throws TwinproofError usage, image-invalid, unsupported, input-unavailable, engine-unavailable, storage, timeout
 */
export async function openImage(reference: string, options: OpenOptions = {}): Promise<OciImage> {
  const parsed = parseReference(reference);
  const wanted: Wanted = { reference, platform: options.platform };
  // What goes beyond files is only loaded when it is asked for.
  switch (parsed.transport) {
    case 'oci':
      return openLayout(folderStore(parsed.path), { ...wanted, tag: parsed.tag });
    case 'dir':
      return openDir(parsed.path, wanted);
    case 'docker':
      return (await import('./registry/open.ts')).openRegistry(parsed.name, wanted, options.registry);
    case 'docker-daemon':
      return (await import('./transport/docker-daemon.ts')).openDaemon(parsed.name, wanted);
    case 'containers-storage':
      return (await import('./transport/containers-storage.ts')).openStorage(parsed.name, wanted);
    default:
      return openFile(parsed, wanted);
  }
}

type InFile = Exclude<Reference, { transport: 'docker' | 'docker-daemon' | 'containers-storage' }>;

async function openFile(parsed: InFile, wanted: Wanted): Promise<OciImage> {
  const { path } = parsed;
  const tag = 'tag' in parsed ? parsed.tag : null;
  const info = await stat(path).catch(() => null);
  if (info === null) throw imageInvalid('there is no such file or folder', path, otherPlaces(parsed));
  if (info.isDirectory() && parsed.transport === 'path') return openFolder(path, { ...wanted, tag });
  const store = await archiveStore(path);
  const open = openerOf(parsed.transport);
  try {
    return await open(store, { ...wanted, tag });
  } catch (error) {
    await store.close?.();
    throw error;
  }
}

function openerOf(transport: InFile['transport']): typeof openLayout {
  switch (transport) {
    case 'path':
      return openArchive;
    case 'docker-archive':
      return openDockerArchive;
    default:
      return openLayout;
  }
}

/** A name that is no path here may be that of an image elsewhere. */
function otherPlaces({ transport, path }: InFile): string | undefined {
  if (transport !== 'path' || !isRegistryName(path)) return undefined;
  return `an image of a registry is docker://${path}, one of an engine docker-daemon:${path}`;
}

/** A bare path is recognised by what is there. */
async function openFolder(path: string, options: Wanted & { tag: string | null }): Promise<OciImage> {
  const store = folderStore(path);
  const isLayout = (await store.find('index.json')) !== null || (await store.find('manifest.json')) === null;
  if (isLayout) return openLayout(store, options);
  if (options.tag !== null) throw imageInvalid('a dir: folder holds one image, without tags', path);
  return openDir(path, options);
}
