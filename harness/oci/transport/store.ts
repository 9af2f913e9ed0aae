import { open } from 'node:fs/promises';
import { imageInvalid } from '../fault.ts';
import { cleanPath, nameText } from '../names.ts';
import { TarReader } from '../tar/reader.ts';
import type { TarEntry } from '../tar/types.ts';
import type { BlobPlace } from '../types.ts';
import { regularSize } from './folder-store.ts';
import type { FileStore } from './types.ts';
import { expanded, type Expanded } from './outer-compression.ts';

const CHUNK = 64 * 1024;
/** Layouts have a few files a layer; this bounds memory. */
const MAX_FILES = 200_000;
const MAX_LINKS = 8;

interface Index {
  files: Map<string, BlobPlace>;
  /** Where links lead; null out of the archive. */
  links: Map<string, { target: string; to: string | null }>;
}

/** Where the files of a tar archive lie, found without reading their content; `shown` is for errors. */
async function indexArchive(path: string, size: number, shown: string): Promise<Index> {
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
          throw imageInvalid('a name leads out of the archive', `${shown}: ${nameText(entry.name)}`);
        // A later entry of the same name takes the earlier one's place.
        index.files.delete(name);
        index.links.delete(name);
        if (++entries > MAX_FILES) throw imageInvalid('too many files', shown);
        if (entry.type === 'file') {
          index.files.set(name, { path, offset: -1, size: entry.size });
        } else if (entry.type === 'symlink' || entry.type === 'hardlink') {
          const base = entry.type === 'symlink' ? name.split('/').slice(0, -1).join('/') : '';
          index.links.set(name, { target: entry.linkname, to: resolved(base, entry.linkname) });
        }
        return false;
      },
      data: () => undefined,
      entryEnd: () => undefined,
      trailer: () => undefined,
    },
    shown,
    0,
  );
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    while (position < size && !reader.ended) {
      const { bytesRead } = await file.read(buffer, 0, 512, position);
      if (bytesRead === 0) throw imageInvalid('the file is cut off', shown);
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

/** Null when it leads out. */
function resolved(base: string, target: string): string | null {
  const parts = target.startsWith('/') ? [] : base.split('/').filter((part) => part !== '');
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/**
 * Files of a tar archive, symbolic links inside it followed (old `docker save` has them). One that is compressed as
 * a whole is first expanded into a scratch folder.
 * @throws TwinproofError image-invalid when it is missing or not a tar archive; unsupported for other compressions
 */
export async function archiveStore(path: string): Promise<FileStore> {
  const size = await regularSize(path);
  if (size === null) throw imageInvalid('there is no such file', path);
  const file = await expanded({ path, offset: 0, size });
  try {
    return indexedStore(path, file, await indexArchive(file.path, file.size, path));
  } catch (error) {
    await file.close();
    throw error;
  }
}

function indexedStore(path: string, archive: Expanded, index: Index): FileStore {
  return {
    path,
    close: () => archive.close(),
    find: (name) =>
      new Promise((resolve) => {
        resolve(found(name, index, path));
      }),
  };
}

function found(name: string, { files, links }: Index, path: string): BlobPlace | null {
  let at = name;
  for (let hops = 0; hops <= MAX_LINKS; hops++) {
    const link = links.get(at);
    if (link === undefined) return files.get(at) ?? null;
    if (link.to === null) {
      const target = nameText(link.target);
      throw imageInvalid(
        `is a link that leads out of the archive, to "${target}"`,
        `${path}: ${nameText(at)}`,
      );
    }
    at = link.to;
  }
  throw imageInvalid('links lead in a circle', `${path}: ${nameText(name)}`);
}
