import { rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { pullFolder } from '../../oci/artifact/pull.ts';
import { pushFolder } from '../../oci/artifact/push.ts';
import type { RegistryOptions } from '../../oci/registry/types.ts';
import { PREPARED_FILE, TWIN_FILE, makeJobFolder } from './folder.ts';

/** Of everything that jobs leave for one another. */
const ARTIFACT_TYPE = 'application/vnd.twinproof.job.v1';

/** A catalog's folder, and a builder that was made here, for pods that have neither. */
export const SOURCE_FILE = 'source.tar';
export const BUILDER_FILE = 'builder.tar';

/** What is written last: a folder without one of them is of something that was cut off. */
const RECORDS = [PREPARED_FILE, TWIN_FILE, 'run.jsonl', SOURCE_FILE, BUILDER_FILE];

/**
 * Stores what a job left in a registry.
 * @param name `HOST/REPOSITORY:TAG`
 * @returns the same name by digest
 * @throws TwinproofError record-invalid for a folder that no job wrote to its end
 */
export async function pushJob(folder: string, name: string, options: RegistryOptions): Promise<string> {
  requireRecord(folder);
  const digest = await pushFolder(folder, { name: `//${name}`, artifactType: ARTIFACT_TYPE, options });
  return `${withoutVersion(name)}@${digest}`;
}

/** Takes it from there into a new folder, of which nothing stays when that fails. @returns its name by digest */
export async function pullJob(name: string, folder: string, options: RegistryOptions): Promise<string> {
  await makeJobFolder(folder);
  try {
    const digest = await pullFolder(folder, { name: `//${name}`, artifactType: ARTIFACT_TYPE, options });
    requireRecord(folder);
    return `${withoutVersion(name)}@${digest}`;
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  }
}

function requireRecord(folder: string): void {
  if (RECORDS.some((record) => existsSync(join(folder, record)))) return;
  throw new TwinproofError('record-invalid', `it holds none of ${RECORDS.join(', ')}`, {
    where: folder,
    hint: 'name a folder that a `twinproof job` wrote to its end',
  });
}

const withoutVersion = (name: string): string => name.replace(/@.*$/s, '').replace(/:[^/:]*$/, '');
