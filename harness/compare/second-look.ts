import type { InsideDiff } from '../inside/types.ts';
import { eachContent } from '../oci/layers/files.ts';
import type { MergedLayers } from '../oci/layers/merge.ts';
import { recordKey, type EntryRecord } from '../oci/layers/records.ts';
import { nameText } from '../oci/names.ts';
import type { OciImage } from '../oci/types.ts';
import { findOwners, isOwnershipPath } from '../packages/owners.ts';
import type { PackageOwner } from '../packages/types.ts';
import { both } from './both.ts';
import { InsideLook } from './inside.ts';
import type { Pair } from './read-pair.ts';
import type { Contents } from './recent-watch.ts';
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
function databasesOf(tree: MergedLayers): Databases {
  const found: Databases = new Map();
  let bytes = 0;
  for (const number of tree.shown()) {
    const path = tree.paths.text(number);
    if (!isOwnershipPath(nameText(path))) continue;
    const inode = tree.records.get(tree.inode(number));
    if (inode.type !== 'file') continue;
    bytes += inode.size;
    found.set(path, inode);
  }
  return bytes > MAX_DATABASES ? new Map<string, EntryRecord>() : found;
}

function sameContents(a: Databases, b: Databases): boolean {
  return a.size === b.size && [...a].every(([path, { content }]) => b.get(path)?.content === content);
}

/** Contents of one image: what was at hand, and what was read again. */
class Gathered implements Disposable {
  readonly #recent: Contents;
  readonly #spool = new Spool();

  constructor(recent: Contents) {
    this.#recent = recent;
  }

  /** @throws TwinproofError image-invalid, storage */
  async gather(image: OciImage, records: readonly EntryRecord[]): Promise<void> {
    const missing = new Map(records.map((record) => [recordKey(record), record]));
    for (const key of this.#recent.keys()) missing.delete(key);
    await eachContent(image, [...missing.values()], (record, content) => this.#spool.put(record, content));
  }

  /** Null for what was not gathered. */
  get(record: EntryRecord): Buffer | null {
    return this.#recent.get(recordKey(record)) ?? this.#spool.get(record);
  }

  [Symbol.dispose](): void {
    this.#spool[Symbol.dispose]();
  }
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
      (one ?? other)?.read().record.type === 'dir' ? [] : [path],
    ),
  );
  const databasesA: Databases = wanted.size === 0 ? new Map<string, EntryRecord>() : databasesOf(pair.a);
  const databasesB: Databases = wanted.size === 0 ? new Map<string, EntryRecord>() : databasesOf(pair.b);
  const alike = sameContents(databasesA, databasesB);
  using contentsA = new Gathered(pair.recent.a);
  using contentsB = new Gathered(pair.recent.b);
  await both(
    contentsA.gather(a, [...look.records('a'), ...databasesA.values()]),
    contentsB.gather(b, [...look.records('b'), ...(alike ? [] : databasesB.values())]),
  );
  await look.look({ a: (record) => contentsA.get(record), b: (record) => contentsB.get(record) });
  const owners = (databases: Databases, contents: Gathered): Map<string, PackageOwner> => {
    const read = (path: string): Buffer | null => {
      const record = databases.get(path);
      return record === undefined ? null : contents.get(record);
    };
    return findOwners([...databases.keys()], read, wanted);
  };
  const ownersA = owners(databasesA, contentsA);
  return { insides: look.found, ownersA, ownersB: alike ? ownersA : owners(databasesB, contentsB) };
}
