import type { KeyObject } from 'node:crypto';
import { TwinproofError } from '../errors.ts';
import { digestOfFile } from '../model/digest.ts';
import type { CellResult } from '../record/events.ts';
import { type Run, cellId } from '../record/reader.ts';
import { verifyAttestations } from './attest.ts';
import { fromBase64, isSignedBy } from './dsse.ts';
import { readEnvelopes } from './envelopes.ts';
import { hintOf } from './keys.ts';
import { logNamedBy } from './named.ts';
import { readStatement } from './read-statement.ts';

/** What one owner of a key says of one subject. */
export interface Signed {
  /** As a Sigstore bundle names it: the digest of the public key. */
  key: string;
  run: string;
  verdict: CellResult['verdict'];
  /** Image ID of the first twin; null where the cell does not say one. */
  image: string | null;
  placement: CellResult['placement'] | null;
}

export interface SubjectQuorum {
  subject: string;
  /** Different keys whose runs found the subject reproducible, with this image. */
  quorum: number;
  image: string | null;
  signed: Signed[];
}

/** A file of attestations, as `twinproof attest` wrote it. */
export interface AttestationFile {
  text: string;
  where: string;
}

/** A key, and the name of its file. */
export interface NamedKey {
  key: KeyObject;
  where: string;
}

/**
 * Who signed which run.
 * @returns by the name of the run, what names the key
 * @throws TwinproofError record-invalid for attestations of no run that is given, of no key that is given, or that do not hold
 */
export async function signersOf(
  runs: readonly Run[],
  files: readonly AttestationFile[],
  keys: readonly NamedKey[],
): Promise<Map<string, Set<string>>> {
  const byDigest = new Map<string, Run>();
  for (const run of runs) byDigest.set(await digestOfFile(run.file), run);
  const signers = new Map<string, Set<string>>();
  for (const file of files) {
    const { run, key } = matched(file, byDigest, keys);
    const { faults, unchecked } = await verifyAttestations(file.text, key, run.file, file.where);
    const [wrong] = [...faults, ...unchecked];
    if (wrong !== undefined) throw invalid(wrong, file.where);
    signers.set(run.header.run, (signers.get(run.header.run) ?? new Set()).add(hintOf(key)));
  }
  return signers;
}

function matched(
  { text, where }: AttestationFile,
  runs: ReadonlyMap<string, Run>,
  keys: readonly NamedKey[],
): { run: Run; key: KeyObject } {
  const [first] = readEnvelopes(text, where);
  if (first === undefined) throw invalid('it is empty', where);
  const signer = keys.find(({ key }) => isSignedBy(first, key));
  if (signer === undefined)
    throw invalid('it is signed by none of the keys', where, 'name its key with --key');
  const read = readStatement(fromBase64(first.payload) ?? Buffer.of());
  const log = 'statement' in read ? logNamedBy(read.statement) : null;
  const run = log === null ? undefined : runs.get(log);
  if (run === undefined) throw invalid('it is of none of the runs', where, 'give the run that was attested');
  return { run, key: signer.key };
}

const invalid = (message: string, where: string, hint?: string): TwinproofError =>
  new TwinproofError('record-invalid', message, { where, ...(hint === undefined ? {} : { hint }) });

/**
 * On which image of each subject how many owners agree. A run counts for each key that signed it, a key once for an image,
 * however many runs it signed.
 */
export function quorumOf(
  runs: readonly Run[],
  signers: ReadonlyMap<string, ReadonlySet<string>>,
): SubjectQuorum[] {
  const subjects = new Set(runs.flatMap(({ cells }) => [...cells.values()].map(({ subject }) => subject)));
  return [...subjects].flatMap((subject) => {
    const signed = runs.flatMap((run) => signedBy(run, subject, signers.get(run.header.run) ?? new Set()));
    return signed.length === 0 ? [] : [{ subject, ...largest(signed), signed }];
  });
}

function signedBy(run: Run, subject: string, keys: ReadonlySet<string>): Signed[] {
  const cell = run.cells.get(cellId({ subject, claim: 'reproducible' }));
  if (cell === undefined || cell.verdict === 'skipped') return [];
  const image = imageIn(cell);
  const { verdict, placement = null } = cell;
  return [...keys].map((key) => ({ key, run: run.header.run, verdict, image, placement }));
}

function imageIn({ detail: { a } }: CellResult): string | null {
  const config = typeof a === 'object' && a !== null && !Array.isArray(a) ? a.config : null;
  return typeof config === 'string' ? config : null;
}

function largest(signed: readonly Signed[]): Pick<SubjectQuorum, 'quorum' | 'image'> {
  const holding = signed.filter(({ verdict, image }) => verdict === 'pass' && image !== null);
  let found: Pick<SubjectQuorum, 'quorum' | 'image'> = { quorum: 0, image: null };
  for (const [image, alike] of Map.groupBy(holding, (one) => one.image)) {
    const quorum = new Set(alike.map(({ key }) => key)).size;
    if (quorum > found.quorum) found = { quorum, image };
  }
  return found;
}
