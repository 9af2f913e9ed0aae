import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** One folder with a Containerfile in a checkout laid out like Project Hummingbird's. */
export interface VariantFolder {
  image: string;
  /** Folder between image and variant; null in the older layout, which has none. */
  distro: string | null;
  variant: string;
  /** Relative to the checkout. */
  folder: string;
}

/** Folders looked into; a checkout with 300 variants has about 1,000. */
const MAX_FOLDERS = 50_000;

/**
 * Finds `images/<image>[/<distro>]/<variant>/Containerfile`, at both depths. A folder that has a Containerfile is a
 * variant, and what lies below it is part of it. Symbolic links are not followed.
 * @returns sorted by folder; null where there is too much to look through
 */
export async function findVariants(root: string): Promise<VariantFolder[] | null> {
  const found: VariantFolder[] = [];
  let looked = 0;
  for (const image of await foldersIn(join(root, 'images'))) {
    for (const first of await foldersIn(join(root, 'images', image))) {
      looked += 1;
      const folder = join('images', image, first);
      if (await hasContainerfile(join(root, folder))) {
        found.push({ image, distro: null, variant: first, folder });
        continue;
      }
      for (const second of await foldersIn(join(root, folder))) {
        looked += 1;
        if (looked > MAX_FOLDERS) return null;
        const deeper = join(folder, second);
        if (await hasContainerfile(join(root, deeper))) {
          found.push({ image, distro: first, variant: second, folder: deeper });
        }
      }
    }
  }
  return found;
}

async function foldersIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

async function hasContainerfile(folder: string): Promise<boolean> {
  return isFile(join(folder, 'Containerfile'));
}

/** Whether there is a regular file, not a link to one. */
export async function isFile(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isFile() ?? false;
}

/**
 * Names of the variants in subject ids. The distro comes first, as `<distro>.<variant>`, for images that have more than
 * one; otherwise it is left out.
 */
export function variantNames(folders: readonly VariantFolder[]): Map<VariantFolder, string> {
  const distros = new Map<string, Set<string | null>>();
  for (const { image, distro } of folders) distros.set(image, (distros.get(image) ?? new Set()).add(distro));
  return new Map(
    folders.map((folder) => {
      const several = (distros.get(folder.image)?.size ?? 0) > 1;
      return [
        folder,
        several && folder.distro !== null ? `${folder.distro}.${folder.variant}` : folder.variant,
      ];
    }),
  );
}
