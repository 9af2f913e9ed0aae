import type { MergedTree } from '../../oci/layers/tree.ts';

/** sha256 (hex) of each file by its path, without a leading slash. */
export type Digests = ReadonlyMap<string, string>;

/** Of an image's regular files. */
export function digestsOf({ files }: Pick<MergedTree, 'files'>): Digests {
  const digests = new Map<string, string>();
  for (const [path, { inode }] of files)
    if (inode.type === 'file') digests.set(path, Buffer.from(inode.content, 'latin1').toString('hex'));
  return digests;
}
