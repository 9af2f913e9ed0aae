import { stat } from 'node:fs/promises';
import type { Platform } from '../catalog/types.ts';
import { openDockerArchive } from './transport/docker-load.ts';
import { imageInvalid } from './fault.ts';
import { openLayout } from './transport/layout.ts';
import { parseReference, type Reference } from './reference.ts';
import { archiveStore, folderStore } from './transport/store.ts';
import type { OciImage } from './types.ts';

/**
 * Opens an image by reference (see reference.ts); reads index, manifest and config, verified, but no layers.
 * @throws TwinproofError usage, image-invalid, unsupported
 */
export async function openImage(reference: string, options: { platform?: Platform } = {}): Promise<OciImage> {
  const { transport, path, tag } = await recognise(parseReference(reference));
  const wanted = { reference, tag, platform: options.platform };
  switch (transport) {
    case 'oci':
      return openLayout(folderStore(path), wanted);
    case 'oci-archive':
      return openLayout(await archiveStore(path), wanted);
    case 'docker-archive':
      return openDockerArchive(await archiveStore(path), wanted);
    case 'path':
      throw imageInvalid('is neither an OCI layout nor an image archive', path);
  }
}

/** A bare path is recognised by what is there. */
async function recognise(reference: Reference): Promise<Reference> {
  if (reference.transport !== 'path') return reference;
  const { path } = reference;
  const info = await stat(path).catch(() => null);
  if (info === null) throw imageInvalid('there is no such file or folder', path);
  if (info.isDirectory()) return { transport: 'oci', path, tag: null };
  const store = await archiveStore(path);
  if ((await store.find('index.json')) !== null) return { transport: 'oci-archive', path, tag: null };
  if ((await store.find('manifest.json')) !== null) return { transport: 'docker-archive', path, tag: null };
  return reference;
}
