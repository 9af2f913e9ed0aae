import type { GuestChannel } from './channel.ts';

/** Digests of files in a guest, by path without a leading slash, as a binary string like the image reader's. */
export type FileDigests = Map<string, string>;

/** Lists every file below /usr with its digest: `<sha256>  <path> NUL` each, the form of sha256sum --zero. */
export const LIST_USR = 'cd / && find usr -xdev -type f -print0 | xargs -0 -r sha256sum --zero --';

/** Reads such a list; null when it is not one. */
export function parseFileList(bytes: Buffer): FileDigests | null {
  const files: FileDigests = new Map();
  for (const line of bytes.toString('latin1').split('\0')) {
    if (line === '') continue;
    const [, hex, path] = /^([0-9a-f]{64}) [ *](.+)$/s.exec(line) ?? [];
    if (hex === undefined || path === undefined) return null;
    files.set(path, Buffer.from(hex, 'hex').toString('latin1'));
  }
  return files;
}

export interface FileDifference {
  path: string;
  what: 'missing' | 'added' | 'changed';
}

/** What differs between the files that an image holds and those that a guest has. */
export function differingFiles(image: FileDigests, guest: FileDigests): FileDifference[] {
  const differences: FileDifference[] = [];
  for (const [path, digest] of image) {
    const found = guest.get(path);
    if (found === undefined) differences.push({ path, what: 'missing' });
    else if (found !== digest) differences.push({ path, what: 'changed' });
  }
  for (const path of guest.keys()) if (!image.has(path)) differences.push({ path, what: 'added' });
  return differences.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Digests (hex) of single files of a guest; null for one that is not there, or is no file.
 * @param paths go into a script in single quotes
 */
export async function fileDigests(guest: GuestChannel, paths: string[]): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>(paths.map((path) => [path, null]));
  const quoted = paths.map((path) => `'${path}'`).join(' ');
  const text = await guest.read(
    `for file in ${quoted}; do [ ! -f "$file" ] || [ -L "$file" ] || sha256sum -- "$file"; done`,
  );
  for (const line of text.split('\n')) {
    const [, digest, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (digest !== undefined && path !== undefined && found.has(path)) found.set(path, digest);
  }
  return found;
}
