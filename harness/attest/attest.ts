import { type KeyObject, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import type { Evidence } from '../record/events.ts';
import { type Run, readRun } from '../record/reader.ts';
import { type Envelope, PAYLOAD_TYPE, isSignedBy, signEnvelope } from './dsse.ts';
import { SCAI, type Statement, TEST_RESULT, statementsOf } from './statements.ts';

/** One envelope a line, as cosign prints them. */
export async function attestRun(path: string, key: KeyObject): Promise<string> {
  const run = await readRun(path);
  const statements = statementsOf(run, await digestOf(join(run.folder, 'run.jsonl')));
  return statements.map((statement) => `${JSON.stringify(signEnvelope(statement, key))}\n`).join('');
}

/** What is wrong with attestations; empty when nothing is. */
export interface Verified {
  statements: Statement[];
  faults: string[];
}

/**
 * Checks envelopes against a key, and where a run is given, them against its log and the log's evidence against its
 * digests.
 * @throws TwinproofError `record-invalid` for what is no envelope at all
 */
export async function verifyAttestations(text: string, key: KeyObject, results?: string): Promise<Verified> {
  const envelopes = envelopesOf(text);
  const faults: string[] = [];
  const statements: Statement[] = [];
  for (const [index, envelope] of envelopes.entries()) {
    const name = `attestation ${index + 1}`;
    if (!isSignedBy(envelope, key))
      faults.push(`${name}: the signature is not of this key, or what it signs was changed`);
    else statements.push(statementOf(envelope, name));
  }
  if (results !== undefined) faults.push(...(await faultsOfRun(statements, results)));
  return { statements, faults };
}

function envelopesOf(text: string): Envelope[] {
  try {
    const found = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Envelope);
    if (found.every(isEnvelope)) return found;
  } catch {
    // Told below.
  }
  throw new TwinproofError('record-invalid', 'not attestations: one DSSE envelope a line', {
    hint: 'give the file that twinproof attest wrote',
  });
}

const isEnvelope = (value: Envelope | null): boolean =>
  value?.payloadType === PAYLOAD_TYPE &&
  typeof value.payload === 'string' &&
  Array.isArray(value.signatures) &&
  value.signatures.every((signature) => typeof (signature as { sig?: unknown } | null)?.sig === 'string');

function statementOf(envelope: Envelope, name: string): Statement {
  const value = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as Statement;
  if (![SCAI, TEST_RESULT].includes(value.predicateType)) {
    throw new TwinproofError('unsupported', `${name} is of ${JSON.stringify(value.predicateType)}`);
  }
  return value;
}

/** Whether the statements are what the log comes to, all of it, and its evidence is what the log says. */
async function faultsOfRun(statements: readonly Statement[], results: string): Promise<string[]> {
  const run = await readRun(results);
  const expected = statementsOf(run, await digestOf(join(run.folder, 'run.jsonl')));
  const [told, wanted] = [statements, expected].map((all) => new Set(all.map((one) => JSON.stringify(one))));
  const strange = statements.filter((statement) => wanted?.has(JSON.stringify(statement)) !== true);
  const faults = strange.map(
    ({ subject }) => `run.jsonl is not the log that was attested for ${subject[0]?.name ?? '?'}`,
  );
  // What was left out is told only where the rest is of this log: of another one nothing would be there.
  if (strange.length === 0) {
    const absent = expected.filter((statement) => told?.has(JSON.stringify(statement)) !== true);
    faults.push(...absent.map((statement) => `the attestation of ${aboutOf(statement)} is not there`));
  }
  for (const { name, digest } of evidenceOf(run)) {
    const path = join(run.folder, 'evidence', 'sha256', digest.replace('sha256:', ''));
    const found = await digestOf(path).catch(() => null);
    if (found === null) faults.push(`evidence ${digest} (${name}) is not there`);
    else if (found !== digest) faults.push(`evidence ${digest} (${name}) was changed`);
  }
  return faults;
}

/** Subject and kind of a statement, for people. */
const aboutOf = ({ predicateType, predicate, subject }: Statement): string => {
  const named = (predicate.configuration as { name: string }[] | undefined)?.[1]?.name;
  return `${named ?? subject[0]?.name ?? '?'} (${predicateType})`;
};

function evidenceOf(run: Run): Evidence[] {
  const all = [
    ...[...run.cells.values()].flatMap(({ evidence }) => evidence),
    ...[...run.twins.values()].flatMap(({ recipe, builds }) => [
      ...(recipe === undefined ? [] : [recipe.text]),
      ...builds.flatMap(({ log }) => log ?? []),
    ]),
  ];
  return [...new Map(all.map((evidence) => [evidence.digest, evidence])).values()];
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
