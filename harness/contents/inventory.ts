import { readTreeAndFiles } from '../oci/layers/files.ts';
import type { MergedLayers } from '../oci/layers/merge.ts';
import type { ContentKeeper } from '../oci/layers/records.ts';
import type { Json, OciImage } from '../oci/types.ts';
import { isPackageDatabasePath, parsePackageDatabases } from '../packages/databases.ts';
import { claimedPaths, isOwnershipPath, linksMayBeOwned, packagesWithoutList } from '../packages/owners.ts';
import { OS_RELEASE, parseOsRelease } from './distribution.ts';
import { fileAccounts, ownablePaths } from './file-accounts.ts';
import { packageUrl } from './package-url.ts';
import type { Distribution, Inventory } from './types.ts';

const isWanted = (path: string): boolean =>
  isPackageDatabasePath(path) || isOwnershipPath(path) || OS_RELEASE.includes(path);

/**
 * What is in an image: the packages that its databases list, and which of its files belong to them.
 * @throws TwinproofError `image-invalid` for a damaged image or database, `unsupported` for a form that is not read
 */
export const inventoryOf = async (image: OciImage): Promise<Inventory> =>
  (await readInventory(image, null)).inventory;

/** The same, with the merged tree. @param also looks at the files of the image in the same pass */
export async function readInventory(
  image: OciImage,
  also: ContentKeeper | null,
): Promise<{ inventory: Inventory; tree: MergedLayers }> {
  const { tree, files } = await readTreeAndFiles(image, isWanted, { also });
  const distribution = distributionIn(files);
  const databases = parsePackageDatabases(files);
  const read = (path: string): Uint8Array | null => files.get(path) ?? null;
  const paths = [...files.keys()];
  const claimed = claimedPaths(
    paths.filter((path) => isOwnershipPath(path)),
    read,
    ownablePaths(tree),
  );
  const withoutList = packagesWithoutList(paths, databases).length;
  const inventory: Inventory = {
    schema: 'twinproof/inventory/v1',
    image: aboutImage(image),
    distribution,
    databases: databases.map(({ format, paths, packages }) => ({ format, paths, packages: packages.length })),
    packages: databases.flatMap(({ format, packages }) =>
      packages.map((item) => ({ ...item, format, purl: packageUrl(format, item, distribution) })),
    ),
    withoutList,
    ...fileAccounts(image, tree, {
      isOwned: (path) => claimed.has(path),
      allListed: withoutList === 0,
      linksListed: withoutList === 0 && !linksMayBeOwned(paths),
    }),
  };
  return { inventory, tree };
}

function distributionIn(files: ReadonlyMap<string, Uint8Array>): Distribution | null {
  const path = OS_RELEASE.find((name) => files.has(name));
  return path === undefined ? null : parseOsRelease(new TextDecoder().decode(files.get(path)));
}

function aboutImage({ manifest, config }: OciImage): Inventory['image'] {
  const { os, architecture, created } = config.json;
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
  return {
    manifest: manifest.digest,
    config: config.digest,
    os: text(os),
    architecture: text(architecture),
    created: typeof created === 'string' ? created : null,
  };
}
