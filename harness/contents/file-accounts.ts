import { instructions } from '../compare/instruction.ts';
import { cleanPath, nameText } from '../oci/names.ts';
import type { MergedLayers } from '../oci/layers/merge.ts';
import type { OciImage } from '../oci/types.ts';
import { compareText } from '../model/text-order.ts';
import { belongsToDatabase } from '../packages/registry.ts';
import { whyUnowned } from './unowned.ts';
import type { Inventory, UnownedFile } from './types.ts';

/** A file or symbolic link of the merged tree. */
interface Item {
  /** A binary string. */
  path: string;
  layer: number;
  isExecutable: boolean;
  /** Of a symbolic link, as it stands there. */
  linkname: string | null;
}

/** What packages can own one by one: directories belong to many. */
function itemsOf(tree: MergedLayers): Item[] {
  const items: Item[] = [];
  for (const number of tree.shown()) {
    const type = tree.records.type(tree.inode(number));
    if (type !== 'file' && type !== 'symlink') continue;
    const { record, inode, attributes } = tree.file(number)?.read() ?? {};
    if (record === undefined || inode === undefined) continue;
    const { mode } = attributes ?? inode;
    const linkname = type === 'symlink' ? inode.linkname : null;
    const isExecutable = type === 'file' && (mode & 0o111) !== 0;
    items.push({ path: tree.paths.text(number), layer: record.layer, isExecutable, linkname });
  }
  return items;
}

/** Layers that change a package database: what they bring may have come with packages. */
const databaseLayers = (items: readonly Item[]): ReadonlySet<number> =>
  new Set(items.filter(({ path }) => belongsToDatabase(nameText(path))).map(({ layer }) => layer));

/** Where a symbolic link leads to, without following any other; null when it leads out of the image. */
function targetOf({ path, linkname }: Item): string | null {
  if (linkname === null) return null;
  return cleanPath(linkname.startsWith('/') ? linkname : `${path.replace(/[^/]*$/, '')}${linkname}`);
}

/** The paths of the merged tree that packages can own one by one, as binary strings. */
export const ownablePaths = (tree: MergedLayers): ReadonlySet<string> =>
  new Set(itemsOf(tree).map(({ path }) => path));

/**
 * Counts the files of an image, and says of those that no package owns why they are there.
 * @param allListed whether the databases list the files of all packages
 * @param linksListed whether they list the symbolic links, too
 */
export function fileAccounts(
  image: OciImage,
  tree: MergedLayers,
  {
    isOwned,
    allListed,
    linksListed,
  }: { isOwned: (path: string) => boolean; allListed: boolean; linksListed: boolean },
): Pick<Inventory, 'files' | 'unowned'> {
  const items = itemsOf(tree);
  const withDatabase = databaseLayers(items);
  const made = instructions(image);
  const kinds = { database: 0, generated: 0, configuration: 0, state: 0, copied: 0, unlisted: 0, dark: 0 };
  const unowned: UnownedFile[] = [];
  for (const item of items) {
    if (isOwned(item.path)) continue;
    const instruction = made[item.layer] ?? null;
    const found = whyUnowned(item.path, {
      isSymlink: item.linkname !== null,
      isExecutable: item.isExecutable,
      instruction,
      withDatabase: withDatabase.has(item.layer),
      isOwned,
      target: targetOf(item),
    });
    const listed = item.linkname === null ? allListed : linksListed;
    const why = found === 'dark' && !listed ? 'unlisted' : found;
    kinds[why]++;
    unowned.push({ path: nameText(item.path), why, layer: item.layer, instruction });
  }
  const owned = items.length - unowned.length;
  return {
    files: { total: items.length, owned, ...kinds },
    unowned: unowned.toSorted((a, b) => compareText(a.path, b.path)),
  };
}
