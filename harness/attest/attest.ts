import type { KeyObject } from 'node:crypto';
import { TwinproofError } from '../errors.ts';
import { readRun } from '../record/reader.ts';
import { checkAgainstRun } from './against-run.ts';
import { bundleOf } from './bundle.ts';
import { digestOfFile } from '../model/digest.ts';
import { type Envelope, fromBase64, isSignedBy, signEnvelope } from './dsse.ts';
import { readEnvelopes } from './envelopes.ts';
import { readStatement } from './read-statement.ts';
import { type Statement, type SubjectStatement, statementsOf } from './statements.ts';

interface Attested extends SubjectStatement {
  envelope: Envelope;
}

/** What a run says, signed: one attestation or more for each of its subjects. */
async function attested(path: string, key: KeyObject): Promise<Attested[]> {
  const run = await readRun(path);
  const reported = statementsOf(run, await digestOfFile(run.file));
  if (reported.length === 0)
    throw new TwinproofError('record-invalid', 'the run has no cells, so that there is nothing to attest', {
      where: run.file,
    });
  return reported.map((one) => ({ ...one, envelope: signEnvelope(one.statement, key) }));
}

/** One envelope a line, as cosign prints them. */
export async function attestRun(path: string, key: KeyObject): Promise<string> {
  return linesOf(await attested(path, key));
}

export interface Attestations {
  lines: string;
  /** A Sigstore bundle each, by the name of its file. */
  bundles: Map<string, string>;
}

/** The same attestations in both forms. */
export async function attestRunInBoth(path: string, key: KeyObject): Promise<Attestations> {
  const all = await attested(path, key);
  const bundles = all.map((one, index): [string, string] => [
    `${bundleName(one, index)}.sigstore.json`,
    `${JSON.stringify(bundleOf(one.envelope, key))}\n`,
  ]);
  return { lines: linesOf(all), bundles: new Map(bundles) };
}

const linesOf = (all: readonly Attested[]): string =>
  all.map(({ envelope }) => `${JSON.stringify(envelope)}\n`).join('');

/** The number keeps names apart that differ only in what a file's name may not hold. */
function bundleName({ subject, statement }: SubjectStatement, index: number): string {
  const kind = /attestation\/([^/]+)\//.exec(statement.predicateType)?.[1] ?? '';
  return `${index + 1}-${subject.replaceAll(/[^A-Za-z0-9._]+/g, '-').slice(0, 150)}-${kind}`;
}

export interface Verified {
  /** Those that nothing is wrong with. */
  statements: Statement[];
  /** What is wrong; empty when nothing is. */
  faults: string[];
  /** What could not be checked, and why. */
  unchecked: string[];
}

/**
 * Checks envelopes against a key and the rules of in-toto, and where a run is given, the statements in them against its
 * log and the log's evidence against its digests.
 * @param where name of the file
 * @throws TwinproofError `record-invalid` for what is no envelope at all
 */
export async function verifyAttestations(
  text: string,
  key: KeyObject,
  results?: string,
  where = 'attestations',
): Promise<Verified> {
  const envelopes = readEnvelopes(text, where);
  const faults: string[] = [];
  const unchecked: string[] = [];
  const found = envelopes.flatMap((envelope, index) => {
    const name = `attestation ${index + 1}`;
    if (!isSignedBy(envelope, key)) {
      faults.push(`${name}: the signature is not of this key, or what it signs was changed`);
      return [];
    }
    const read = readStatement(fromBase64(envelope.payload) ?? Buffer.of());
    if ('statement' in read) return [{ name, statement: read.statement }];
    if ('fault' in read) faults.push(`${name}: ${read.fault}`);
    else unchecked.push(`${name} is of ${JSON.stringify(read.unread)}, which is not read here`);
    return [];
  });
  if (results === undefined)
    return { statements: found.map(({ statement }) => statement), faults, unchecked };
  const checked = await checkAgainstRun(found, results);
  return { statements: checked.statements, faults: [...faults, ...checked.faults], unchecked };
}
