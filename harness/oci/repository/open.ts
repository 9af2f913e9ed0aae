import { stat } from 'node:fs/promises';
import { imageInvalid, imageUnsupported } from '../fault.ts';
import { parseReference } from '../reference.ts';
import type { RegistryOptions } from '../registry/types.ts';
import { folderStore } from '../transport/folder-store.ts';
import { archiveStore } from '../transport/store.ts';
import { layoutRepository } from './layout.ts';
import type { Repository } from './types.ts';

/**
 * Opens what a reference leads to together with what is kept beside it; close it.
 * @throws TwinproofError usage, image-invalid, unsupported, input-unavailable, storage
 */
export async function openRepository(reference: string, options: RegistryOptions = {}): Promise<Repository> {
  const parsed = parseReference(reference);
  switch (parsed.transport) {
    case 'docker':
      return (await import('./registry.ts')).registryRepository(reference, parsed.name, options);
    case 'oci':
      return layoutRepository(reference, folderStore(parsed.path), parsed.tag);
    case 'oci-archive':
    case 'path':
      return openPath(reference, parsed.path, parsed.tag);
    default:
      throw imageUnsupported(
        `attestations are not kept in "${parsed.transport}:", only in registries and OCI layouts`,
        reference,
        'name the image as docker://…, or copy it with its attestations to oci:DIR',
      );
  }
}

async function openPath(reference: string, path: string, tag: string | null): Promise<Repository> {
  const info = await stat(path).catch(() => null);
  if (info === null)
    throw imageInvalid('there is no such file or folder', path, 'an image of a registry is docker://NAME');
  if (info.isDirectory()) return layoutRepository(reference, folderStore(path), tag);
  const store = await archiveStore(path);
  try {
    return await layoutRepository(reference, store, tag);
  } catch (error) {
    await store.close?.();
    throw error;
  }
}
