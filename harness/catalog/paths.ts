import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';

export type PathKind = 'file' | 'folder';

/**
 * Resolves a path that a catalog names, symbolic links included.
 * @param root absolute and real folder that it may not leave
 * @returns the real, absolute path, or a sentence that says what is wrong with it
 */
export async function insideRoot(
  root: string,
  path: string,
  kind: PathKind,
): Promise<{ path: string } | { fault: string }> {
  if (path.includes('\0')) return { fault: 'holds a NUL character' };
  if (isAbsolute(path)) return { fault: `is absolute; write it relative to the catalog's folder` };
  const escapes = { fault: `leads out of the catalog's folder; move what it names into it` };
  if (!isInside(root, resolve(root, path))) return escapes;
  try {
    const real = await realpath(resolve(root, path));
    if (!isInside(root, real)) return escapes;
    const found = await stat(real);
    if (kind === 'file' && !found.isFile()) return { fault: 'is no file' };
    if (kind === 'folder' && !found.isDirectory()) return { fault: 'is no folder' };
    return { path: real };
  } catch (error) {
    return { fault: REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? 'cannot be read' };
  }
}

/** The fault of a path that names nothing. */
export const MISSING = 'does not exist; correct the path or create it';

const REASONS: Partial<Record<string, string>> = {
  ENOENT: MISSING,
  ENOTDIR: MISSING,
  EACCES: 'may not be read by you',
  ELOOP: 'is a symbolic link that leads to itself',
  ENAMETOOLONG: 'is too long',
};

/** Whether an absolute path is `root` or lies below it, going by its text alone. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
