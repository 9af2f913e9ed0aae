import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import { discoverCatalog } from './discover.ts';
import { withPins } from './image-pins.ts';
import type { PinOptions } from './image-pins.ts';
import type { DiscoverOptions } from './discover.ts';
import { loadCatalog } from './load.ts';
import type { LoadOptions } from './load.ts';
import type { Catalog } from './types.ts';

const FILE = 'catalog.yaml';

export type OpenOptions = LoadOptions & DiscoverOptions & PinOptions;

/**
 * Opens what a user names: a catalog file, a folder with a `catalog.yaml`, or a checkout laid out like Project
 * Hummingbird's. Nothing named means the current folder.
 * @throws TwinproofError `catalog-invalid`; `usage` for options that are for checkouts only
 */
export async function openCatalog(path: string | undefined, options: OpenOptions): Promise<Catalog> {
  return withPins(await open(path ?? '.', options), options);
}

async function open(named: string, options: OpenOptions): Promise<Catalog> {
  const kind = await kindOf(named);
  if (kind === null) {
    throw new TwinproofError('catalog-invalid', 'there is no such file or folder', { where: named });
  }
  if (kind !== 'folder') return load(named, options);
  if ((await kindOf(join(named, FILE))) !== null) return load(join(named, FILE), options);
  if ((await kindOf(join(named, 'images'))) === 'folder') return discoverCatalog(named, options);
  throw new TwinproofError('catalog-invalid', `this folder has neither a ${FILE} nor a folder images/`, {
    where: named,
    hint: 'name a catalog file; docs/catalog.md says what one looks like',
  });
}

/** What a checkout cannot say, a catalog file can. */
const IN_FILE = {
  privileges: 'recipe: { privileges: nested }',
  prefetched: 'prefetch: { output: … }',
} as const;

function load(path: string, options: OpenOptions): Promise<Catalog> {
  for (const name of ['privileges', 'prefetched'] as const) {
    if (options[name] === undefined) continue;
    throw new TwinproofError('usage', `--${name} is for checkouts without a catalog file`, {
      where: path,
      hint: `write \`${IN_FILE[name]}\` for the subjects that need it`,
    });
  }
  return loadCatalog(path, options);
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  return found.isDirectory() ? 'folder' : 'file';
}
