import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILDAH_OPTIONS, type BuildahOption } from '../../../harness/rebuild/buildah-options.ts';
import { TwinproofError } from '../../../harness/errors.ts';
import { type Place, definedBuilder } from './packages.ts';
import { FIXTURE } from './table.ts';

/** A builder that the Hummingbird-like recipes are built in. */
export interface Builder {
  name: string;
  /** Below fixtures/hummingbird; all of them share the files and links of the first. */
  folder: string;
  /** What its buildah can do. */
  options: readonly BuildahOption[];
}

export const BUILDERS: readonly Builder[] = [
  { name: 'buildah of Debian 12', folder: 'builder', options: ['omit-history', 'skip-unused-stages'] },
  { name: 'buildah of Debian sid', folder: 'sid-builder', options: BUILDAH_OPTIONS },
];

type Made = { image: string; digest: string } | { missing: string };

/**
 * Makes a builder. Packages of sid are replaced within days: those that are gone are resolved anew, which is told.
 * @param folder gets its definition
 * @returns why it cannot be had, where its archive has neither the locked packages nor others
 */
export async function madeBuilder(place: Place, builder: Builder, folder: string): Promise<Made> {
  for (const part of [join(FIXTURE, 'builder'), join(FIXTURE, builder.folder)])
    await cp(part, folder, { recursive: true });
  try {
    return await definedBuilder(place, folder, 'refresh');
  } catch (error) {
    if (!(error instanceof TwinproofError) || error.code !== 'input-unavailable') throw error;
    return { missing: `${builder.folder} cannot be had: ${error.message}` };
  }
}
