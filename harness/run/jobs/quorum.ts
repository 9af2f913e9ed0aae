import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPublicKey } from '../../attest/keys.ts';
import { type SubjectQuorum, quorumOf, signersOf } from '../../attest/quorum.ts';
import { quorumResult } from '../../attest/quorum-result.ts';
import { storageError } from '../../engine/storage.ts';
import { TwinproofError } from '../../errors.ts';
import { readRun } from '../../record/reader.ts';

/** Beside the log of a merged run. */
const QUORUM_FILE = 'quorum.json';

export interface Signatures {
  /** Files of `twinproof attest`. */
  attestations: readonly string[];
  /** Files of public keys. */
  keys: readonly string[];
}

/**
 * Checks who signed the runs that are merged, and on what they agree.
 * @throws TwinproofError usage, record-invalid
 */
export async function signedQuorum(
  paths: readonly string[],
  { attestations, keys }: Signatures,
): Promise<SubjectQuorum[]> {
  const runs = await Promise.all(paths.map((path) => readRun(path)));
  const files = await Promise.all(attestations.map(readAttestations));
  const read = await Promise.all(keys.map(async (where) => ({ where, key: await readPublicKey(where) })));
  return quorumOf(runs, await signersOf(runs, files, read));
}

async function readAttestations(where: string): Promise<{ text: string; where: string }> {
  const text = await readFile(where, 'utf8').catch((cause: unknown) => {
    throw new TwinproofError('usage', 'could not read it', { where, cause });
  });
  return { text, where };
}

/** Keeps it with the merged run. */
export async function writeQuorum(folder: string, subjects: readonly SubjectQuorum[]): Promise<void> {
  const path = join(folder, QUORUM_FILE);
  const text = `${JSON.stringify(quorumResult(subjects), null, 2)}\n`;
  await writeFile(path, text).catch((cause: unknown) => {
    throw storageError(`could not write ${path}`, cause);
  });
}
