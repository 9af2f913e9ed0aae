import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imageInvalid } from '../fault.ts';
import { cleanPath, nameText } from '../names.ts';
import { TarReader } from '../tar/reader.ts';
import type { TarEntry } from '../tar/types.ts';
import type { BlobPlace } from '../types.ts';

/** Named files: a folder, or an archive that is read where it lies. */
export interface FileStore {
  /** For errors. */
  path: string;
  /** Null when there is no regular file of that name. */
  find(name: string): Promise<BlobPlace | null>;
}

/** Size of a regular file, null if it is missing. @throws TwinproofError image-invalid for a device, pipe … */
async function regularSize(path: string): Promise<number | null> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw imageInvalid('is not a regular file', path);
    return info.size;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw imageInvalid(`cannot be read: ${code}`, path);
  }
}

export function folderStore(folder: string): FileStore {
  return {
    path: folder,
    find: async (name) => {
      const path = join(folder, name);
      const size = await regularSize(path);
      return size === null ? null : { path, offset: 0, size };
    },
  };
}

const CHUNK = 64 * 1024;
/** Layouts have a few files a layer; this bounds memory. */
const MAX_FILES = 200_000;
const MAX_LINKS = 8;

interface Index {
  files: Map<string, BlobPlace>;
  links: Map<string, string>;
}

/** Where the files of a tar archive lie, found without reading their content. */
async function indexArchive(path: string, size: number): Promise<Index> {
  const index: Index = { files: new Map(), links: new Map() };
  let position = 0;
  let entries = 0;
  let current: TarEntry | null = null;
  const reader: TarReader = new TarReader(
    {
      entry: (entry) => {
        current = entry;
        const name = cleanPath(entry.name);
        if (name === null)
          throw imageInvalid('a name leads out of the archive', `${path}: ${nameText(entry.name)}`);
        // A later entry of the same name takes the earlier one's place.
        index.files.delete(name);
        index.links.delete(name);
        if (++entries > MAX_FILES) throw imageInvalid('too many files', path);
        if (entry.type === 'file') {
          index.files.set(name, { path, offset: -1, size: entry.size });
        } else if (entry.type === 'symlink' || entry.type === 'hardlink') {
          const base = entry.type === 'symlink' ? name.split('/').slice(0, -1).join('/') : '';
          index.links.set(name, resolved(base, entry.linkname));
        }
        return false;
      },
      data: () => undefined,
      entryEnd: () => undefined,
      trailer: () => undefined,
    },
    path,
    0,
  );
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    while (position < size && !reader.ended) {
      const { bytesRead } = await file.read(buffer, 0, 512, position);
      if (bytesRead === 0) throw imageInvalid('the file is cut off', path);
      reader.push(buffer.subarray(0, bytesRead));
      position += bytesRead;
      place(index, current, position);
      current = null;
      const skip = Math.min(reader.skippable(), size - position);
      reader.skip(skip);
      position += skip;
      const padding = Math.min(reader.skippable(), size - position);
      reader.skip(padding);
      position += padding;
    }
    reader.end();
  } finally {
    await file.close();
  }
  return index;
}

/** Content starts right behind the header that was read last. */
function place(index: Index, entry: TarEntry | null, offset: number): void {
  if (entry?.type !== 'file') return;
  const found = index.files.get(cleanPath(entry.name) ?? '');
  if (found !== undefined) found.offset = offset;
}

function resolved(base: string, target: string): string {
  const parts = target.startsWith('/') ? [] : base.split('/').filter((part) => part !== '');
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/**
 * Files of an uncompressed tar archive, symbolic links inside it followed (old `docker save` has them).
 * @throws TwinproofError image-invalid when it is missing or not a tar archive
 */
export async function archiveStore(path: string): Promise<FileStore> {
  const size = await regularSize(path);
  if (size === null) throw imageInvalid('there is no such file', path);
  const { files, links } = await indexArchive(path, size);
  return {
    path,
    find: (name) => {
      let at: string | undefined = name;
      for (let hops = 0; at !== undefined && hops <= MAX_LINKS; hops++) {
        const found = files.get(at);
        if (found !== undefined) return Promise.resolve(found);
        at = links.get(at);
      }
      return Promise.resolve(null);
    },
  };
}
