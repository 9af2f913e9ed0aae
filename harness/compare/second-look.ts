import type { InsideDiff } from '../inside/types.ts';
import { eachContent } from '../oci/layers/files.ts';
import type { EntryRecord } from '../oci/layers/records.ts';
import type { MergedTree } from '../oci/layers/tree.ts';
import { nameText } from '../oci/names.ts';
import type { OciImage } from '../oci/types.ts';
import { findOwners, isOwnershipPath } from '../packages/owners.ts';
import type { PackageOwner } from '../packages/types.ts';
import { both } from './both.ts';
import { InsideLook } from './inside.ts';
import type { Pair } from './read-pair.ts';
import { Spool } from './spool.ts';
import type { Difference } from './tree-diff.ts';

/** Package databases of one image; bytes. Real ones take a tenth of it. */
const MAX_DATABASES = 512 * 2 ** 20;

export interface Findings {
  insides: Map<Difference, InsideDiff>;
  /** By path (binary strings). */
  ownersA: Map<string, PackageOwner>;
  ownersB: Map<string, PackageOwner>;
}

type Databases = Map<string, EntryRecord>;

/** Files of the package databases in the merged tree; none when they are too large to be believed. */
function databasesOf(tree: MergedTree): Databases {
  const found: Databases = new Map();
  let bytes = 0;
  for (const [path, { inode }] of tree.files) {
    if (inode.type !== 'file' || !isOwnershipPath(nameText(path))) continue;
    bytes += inode.size;
    found.set(path, inode);
  }
  return bytes > MAX_DATABASES ? new Map<string, EntryRecord>() : found;
}

function sameContents(a: Databases, b: Databases): boolean {
  return a.size === b.size && [...a].every(([path, { content }]) => b.get(path)?.content === content);
}

/**
 * Reads the layers again for what the differences need: contents of files that differ, and the package databases, to
 * say who owns a path. One pass over each layer that holds any of it.
 * @param pair what the first pass has left
 * @throws TwinproofError image-invalid, storage
 */
export async function secondLook(
  [a, b]: [OciImage, OciImage],
  differences: readonly Difference[],
  pair: Pair,
): Promise<Findings> {
  const look = new InsideLook(differences, pair);
  const wanted = new Set(
    differences.flatMap(({ path, a: one, b: other }) =>
      (one ?? other)?.record.type === 'dir' ? [] : [path],
    ),
  );
  const databasesA: Databases = wanted.size === 0 ? new Map<string, EntryRecord>() : databasesOf(pair.a);
  const databasesB: Databases = wanted.size === 0 ? new Map<string, EntryRecord>() : databasesOf(pair.b);
  const alike = sameContents(databasesA, databasesB);
  using spool = new Spool();
  const gather = async (image: OciImage, records: EntryRecord[]): Promise<void> => {
    const missing = [...new Set(records)].filter((record) => !pair.recent.has(record));
    await eachContent(image, missing, (record, content) => spool.put(record, content));
  };
  await both(
    gather(a, [...look.records('a'), ...databasesA.values()]),
    gather(b, [...look.records('b'), ...(alike ? [] : databasesB.values())]),
  );
  const contentOf = (record: EntryRecord): Buffer | null => pair.recent.get(record) ?? spool.get(record);
  await look.look(contentOf);
  const owners = (databases: Databases): Map<string, PackageOwner> => {
    const read = (path: string): Buffer | null => {
      const record = databases.get(path);
      return record === undefined ? null : contentOf(record);
    };
    return findOwners([...databases.keys()], read, wanted);
  };
  const ownersA = owners(databasesA);
  return { insides: look.found, ownersA, ownersB: alike ? ownersA : owners(databasesB) };
}
