import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import { discoverCatalog } from './discover.ts';
import type { DiscoverOptions } from './discover.ts';
import { loadCatalog } from './load.ts';
import type { LoadOptions } from './load.ts';
import type { Catalog } from './types.ts';

const FILE = 'catalog.yaml';

/**
 * Opens what a user names: a catalog file, a folder with a `catalog.yaml`, or a checkout laid out like Project
 * Hummingbird's. Nothing named means the current folder.
 * @throws TwinproofError `catalog-invalid`
 */
export async function openCatalog(
  path: string | undefined,
  options: LoadOptions & DiscoverOptions = {},
): Promise<Catalog> {
  const named = path ?? '.';
  const kind = await kindOf(named);
  if (kind === null) {
    throw new TwinproofError('catalog-invalid', 'there is no such file or folder', { where: named });
  }
  if (kind !== 'folder') return loadCatalog(named, options);
  if ((await kindOf(join(named, FILE))) !== null) return loadCatalog(join(named, FILE), options);
  if ((await kindOf(join(named, 'images'))) === 'folder') return discoverCatalog(named, options);
  throw new TwinproofError('catalog-invalid', `this folder has neither a ${FILE} nor a folder images/`, {
    where: named,
    hint: 'name a catalog file; docs/catalog.md says what one looks like',
  });
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  return found.isDirectory() ? 'folder' : 'file';
}
