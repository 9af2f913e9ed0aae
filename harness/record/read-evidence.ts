import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfFile, sha256 } from '../model/digest.ts';
import type { Evidence } from './events.ts';

/** Why a piece of evidence is not what the record says; what is no regular file is missing. */
export type EvidenceFault = 'missing' | 'changed';

/** Folder of the evidence of a run, whose files are named by the hex digits of their digest. */
export const evidenceFolder = (runFolder: string): string => join(runFolder, 'evidence', 'sha256');

export const evidencePath = (runFolder: string, digest: string): string =>
  join(evidenceFolder(runFolder), digest.replace('sha256:', ''));

/** All of a piece of evidence, after its size and digest were checked. */
export async function readEvidence(
  runFolder: string,
  { digest, size }: Pick<Evidence, 'digest' | 'size'>,
): Promise<Buffer | EvidenceFault> {
  const path = evidencePath(runFolder, digest);
  const held = await sizeOfFile(path);
  if (held === null) return 'missing';
  // Before it is read: the record says how large it may be.
  if (held !== size) return 'changed';
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) return 'missing';
  return sha256(bytes) === digest ? bytes : 'changed';
}

/** What is wrong with a piece of evidence of any size; null when nothing is. */
export async function evidenceFault(runFolder: string, digest: string): Promise<EvidenceFault | null> {
  const path = evidencePath(runFolder, digest);
  const found = (await sizeOfFile(path)) === null ? null : await digestOfFile(path).catch(() => null);
  if (found === null) return 'missing';
  return found === digest ? null : 'changed';
}

/** Null for what is no regular file: a pipe would never end, and a link may lead anywhere. */
async function sizeOfFile(path: string): Promise<number | null> {
  const info = await lstat(path).catch(() => null);
  return info?.isFile() === true ? info.size : null;
}
