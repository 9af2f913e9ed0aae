import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storageError } from '../../engine/storage.ts';
import { downloadBlob } from '../registry/download.ts';
import { fetchManifest } from '../registry/manifest.ts';
import { parseRegistryName } from '../registry/name.ts';
import { RegistrySession } from '../registry/session.ts';
import type { RegistryOptions } from '../registry/types.ts';
import { atOnce } from './at-once.ts';
import { type FileEntry, filesOf } from './manifest.ts';

/**
 * Takes a folder from a registry, every file checked. Those that lie in no folder of it come last: records of jobs do.
 * @param name what follows `docker:`, by tag or digest
 * @param into an empty folder
 * @returns the digest of its manifest
 * @throws TwinproofError usage, input-unavailable, image-invalid, storage
 */
export async function pullFolder(
  into: string,
  { name, artifactType, options = {} }: { name: string; artifactType: string; options?: RegistryOptions },
): Promise<string> {
  const reference = `docker:${name}`;
  const session = new RegistrySession(reference, parseRegistryName(name), options);
  try {
    const manifest = await fetchManifest(session, reference);
    const files = filesOf(manifest, artifactType, `${reference}: manifest`);
    const take = (file: FileEntry): Promise<void> => takeFile(session, file, { into, reference });
    await atOnce(
      files.filter(({ path }) => path.includes('/')),
      take,
    );
    await atOnce(
      files.filter(({ path }) => !path.includes('/')),
      take,
    );
    return manifest.digest;
  } finally {
    await session.close();
  }
}

async function takeFile(
  session: RegistrySession,
  { path, digest, size }: FileEntry,
  { into, reference }: { into: string; reference: string },
): Promise<void> {
  const file = join(into, path);
  await mkdir(dirname(file), { recursive: true }).catch((cause: unknown) => {
    throw storageError(`could not make ${dirname(file)}`, cause);
  });
  const descriptor = { mediaType: 'application/octet-stream', digest, size };
  await downloadBlob(session, descriptor, file, `${reference}: ${path}`);
}
