import { lstat, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { storageError } from '../../engine/storage.ts';
import { TwinproofError } from '../../errors.ts';
import { digestOfFile, sha256 } from '../../model/digest.ts';
import { compareText } from '../../model/text-order.ts';
import { imageInvalid } from '../fault.ts';
import { OCI_MANIFEST } from '../media-types.ts';
import { parseRegistryName } from '../registry/name.ts';
import { RegistrySession } from '../registry/session.ts';
import type { RegistryOptions } from '../registry/types.ts';
import { type Upload, uploadBlob, uploadManifest } from '../registry/upload.ts';
import { atOnce } from './at-once.ts';
import { EMPTY, EMPTY_BYTES, type FileEntry, manifestOf } from './manifest.ts';

/** Registries take no larger manifests (distribution spec, "Pushing Manifests"). */
export const MAX_MANIFEST = 4 * 1024 ** 2;

/**
 * Stores a folder in a registry, each file a blob, so that files which several folders share are there once.
 * @param name what follows `docker:`, `//HOST/REPOSITORY:TAG`
 * @returns the digest of its manifest, which only depends on the files
 * @throws TwinproofError usage, input-unavailable, storage; image-invalid for more files than fit into a manifest
 */
export async function pushFolder(
  folder: string,
  { name, artifactType, options = {} }: { name: string; artifactType: string; options?: RegistryOptions },
): Promise<string> {
  const files = await filesIn(folder);
  const manifest = manifestOf(artifactType, files);
  if (manifest.length > MAX_MANIFEST) {
    throw imageInvalid(`holds ${files.length} files, too many for one artifact`, folder);
  }
  const session = new RegistrySession(`docker:${name}`, parseRegistryName(name), { ...options, push: true });
  try {
    const uploads = files.map(
      ({ path, ...file }) => [file.digest, { ...file, from: join(folder, path) }] as const,
    );
    const empty = [EMPTY.digest, { ...EMPTY, from: EMPTY_BYTES }] as const;
    const once = new Map<string, Upload>([empty, ...uploads]);
    await atOnce([...once.values()], (upload) => uploadBlob(session, upload));
    await uploadManifest(session, manifest, { mediaType: OCI_MANIFEST });
  } finally {
    await session.close();
  }
  return sha256(manifest);
}

async function filesIn(folder: string): Promise<FileEntry[]> {
  try {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = found
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
    const entries: FileEntry[] = [];
    for (const path of paths.sort(compareText)) entries.push(await fileEntry(folder, path));
    return entries;
  } catch (cause) {
    if (cause instanceof TwinproofError) throw cause;
    throw storageError(`could not read ${folder}`, cause);
  }
}

async function fileEntry(folder: string, path: string): Promise<FileEntry> {
  const file = join(folder, path);
  const info = await lstat(file);
  // What a link leads to may be anybody's.
  if (!info.isFile()) throw imageInvalid('is no file', file, 'store a folder that holds files only');
  return { path, digest: await digestOfFile(file), size: info.size };
}
