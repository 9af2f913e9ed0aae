import type { MergedLayers } from '../../oci/layers/merge.ts';

const MOST_LINKS = 40;

/**
 * Where a path leads to inside the image, through all symbolic links on the way, as the kernel goes with the image as its
 * root (path_resolution(7)).
 * @param path binary string without a leading slash
 * @returns null for a path that leads nowhere
 */
export function follow(tree: MergedLayers, path: string): string | null {
  let left = path.split('/');
  let done: string[] = [];
  for (let links = 0; left.length > 0;) {
    const [name = '', ...rest] = left;
    left = rest;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      done = done.slice(0, -1);
      continue;
    }
    const next = [...done, name];
    const inode = tree.fileAt(next.join('/'))?.read().inode;
    if (inode?.type === 'symlink') {
      if (++links > MOST_LINKS) return null;
      if (inode.linkname.startsWith('/')) done = [];
      left = [...inode.linkname.split('/'), ...rest];
    } else {
      // Directories need not have an entry of their own.
      if (inode === undefined && left.length === 0) return null;
      done = next;
    }
  }
  return done.join('/');
}
