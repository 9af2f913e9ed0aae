import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { dsse } from '@sigstore/core';
import type { Random } from '../../../bench/images/random.ts';
import { attestRun, verifyAttestations } from '../../../harness/attest/attest.ts';
import { PAYLOAD_TYPE } from '../../../harness/attest/dsse.ts';
import { TwinproofError } from '../../../harness/errors.ts';
import type { Json } from '../../../harness/oci/types.ts';
import { cell, logOf } from '../../../harness/testing/record/run.ts';
import { RunWriter } from '../../../harness/record/writer.ts';
import { twinsOf } from '../../../harness/testing/report/input.ts';
import { documentBytes } from './documents.ts';
import type { Judged } from './judge.ts';
import { mutated, pick } from './mutate.ts';
import { VERDICTS } from '../../../harness/model/verdicts.ts';
import { compareText } from '../../../harness/model/text-order.ts';

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key. */
const keyOf = (byte: number) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]),
    format: 'der',
    type: 'pkcs8',
  });
const OURS = keyOf(1);
const OTHERS = keyOf(2);
const PUBLIC = createPublicKey(OURS);

/** A run of up to three subjects. */
function writeRun(random: Random, folder: string): void {
  const subjects = ['a', 'b/default@linux/amd64', '\u202ec'].slice(0, 1 + random.below(3));
  const cells = subjects.map((subject) => cell(subject, pick(random, VERDICTS)));
  const [header, ...rest] = logOf(cells);
  const { recipe, ...twins } = twinsOf(subjects[0] ?? '');
  const writer = new RunWriter(folder);
  const built = recipe !== undefined && random.below(2) === 0;
  for (const event of [header, ...(built ? [twins] : []), ...rest]) if (event) writer.append(event);
  writer.close();
}

/** A statement that is as it was, changed anywhere, or no statement at all; signed with one of the keys, or two. */
function odd(random: Random, line: string): Buffer {
  const { payload } = JSON.parse(line) as { payload: string };
  const body = documentBytes(random, JSON.parse(Buffer.from(payload, 'base64').toString()) as Json);
  const signature = (key: typeof OURS) => ({
    sig: sign(null, dsse.preAuthEncoding(PAYLOAD_TYPE, body), key).toString('base64'),
  });
  const keys = pick(random, [[OURS], [OURS], [OURS], [OTHERS], [OTHERS, OURS], []]);
  const envelope = {
    payloadType: PAYLOAD_TYPE,
    payload: body.toString('base64'),
    signatures: keys.map(signature),
  };
  const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const whole: Json = random.below(4) === 0 ? { mediaType, dsseEnvelope: envelope } : envelope;
  const kind = random.below(6);
  if (kind === 0) return documentBytes(random, whole);
  const bytes = Buffer.from(JSON.stringify(whole));
  return kind === 1 ? mutated(random, bytes) : bytes;
}

/** JSON with the keys of all objects in order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inside: unknown) =>
    typeof inside === 'object' && inside !== null && !Array.isArray(inside)
      ? Object.fromEntries(Object.entries(inside).sort(([a], [b]) => compareText(a, b)))
      : inside,
  );

const statementIn = (line: string): string =>
  canonical(JSON.parse(Buffer.from((JSON.parse(line) as { payload: string }).payload, 'base64').toString()));

/** What in-toto asks of every statement, in other words than those of the reader. */
const namesSomething = ({ subject }: { subject: { digest?: Record<string, string> }[] }): boolean =>
  subject.length > 0 && subject.every(({ digest }) => /^[0-9a-f]{64}$/.test(digest?.sha256 ?? ''));

async function wrongAnswer(
  text: string,
  folder: string,
  originals: readonly string[],
): Promise<string | null> {
  const alone = await verifyAttestations(text, PUBLIC);
  if (!alone.statements.every(namesSomething)) return 'a statement that names nothing is taken';
  const { statements, faults, unchecked } = await verifyAttestations(text, PUBLIC, folder);
  const taken = statements.map(canonical);
  if (taken.some((one) => !originals.includes(one))) return 'a statement is taken that the run does not make';
  const absent = originals.filter((one) => !taken.includes(one));
  if (absent.length > 0 && faults.length === 0) return 'what is missing or changed is not reported';
  return absent.length === 0 &&
    taken.length === text.split('\n').length &&
    faults.length + unchecked.length > 0
    ? `nothing is wrong, and this is reported: ${faults.join(', ')}`
    : null;
}

function wrongError(error: unknown): string | null {
  if (!(error instanceof TwinproofError && error.code === 'record-invalid'))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  return /\p{Cc}|\u202e/u.test(error.message) ? 'the complaint is not one plain line' : null;
}

/** Signs what a run says, changed or not, and holds what the reader says of it against what the run says. */
export async function judgeStatements(random: Random, folder: string): Promise<Judged> {
  writeRun(random, folder);
  const lines = (await attestRun(folder, OURS)).trim().split('\n');
  const originals = lines.map(statementIn);
  const text = lines.map((line) => (random.below(2) === 0 ? line : odd(random, line).toString())).join('\n');
  try {
    return { compared: true, wrong: await wrongAnswer(text, folder, originals) };
  } catch (error) {
    return { compared: false, wrong: wrongError(error) };
  }
}
