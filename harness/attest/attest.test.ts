import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EvidenceStore } from '../record/evidence.ts';
import { cell, logOf } from '../record/test-run.ts';
import { RunWriter } from '../record/writer.ts';
import { attestRun, verifyAttestations } from './attest.ts';
import { type Envelope, PAYLOAD_TYPE } from './dsse.ts';

let folder = '';
let evidence = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attest-'));
  const log = await new EvidenceStore(folder).addText('build log A', 'log', 'text/plain');
  evidence = join(folder, 'evidence', 'sha256', log.digest.replace('sha256:', ''));
  const writer = new RunWriter(folder);
  const cells = [
    cell('a', 'pass'),
    cell('a', 'skipped', { claim: 'runs' }),
    cell('b', 'fail', { evidence: [log] }),
    cell('c', 'error'),
  ];
  for (const event of logOf(cells)) writer.append(event);
  writer.close();
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const KEYS = {
  ed25519: generateKeyPairSync('ed25519'),
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};
const { privateKey, publicKey } = KEYS.ed25519;

const linesOf = (text: string): Envelope[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Envelope);

/** DSSE's pre-authentication encoding, written out from its specification. */
function pae({ payloadType, payload }: Envelope): Buffer {
  const body = Buffer.from(payload, 'base64');
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body]);
}

test.each(Object.entries(KEYS))(
  'a second implementation accepts what was signed with %s',
  async (kind, pair) => {
    for (const envelope of linesOf(await attestRun(folder, pair.privateKey))) {
      const signature = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64');
      expect(verify(kind === 'P-256' ? 'sha256' : null, pae(envelope), pair.publicKey, signature)).toBe(true);
    }
    const text = await attestRun(folder, pair.privateKey);
    expect(await verifyAttestations(text, pair.publicKey, folder)).toMatchObject({ faults: [] });
  },
);

test('a signature as two numbers side by side is accepted too', async () => {
  const [first] = linesOf(await attestRun(folder, KEYS['P-256'].privateKey));
  if (first === undefined) throw new Error('no envelope');
  const sig = sign('sha256', pae(first), { key: KEYS['P-256'].privateKey, dsaEncoding: 'ieee-p1363' });
  const other = { ...first, signatures: [{ keyid: '', sig: sig.toString('base64') }] };
  expect((await verifyAttestations(JSON.stringify(other), KEYS['P-256'].publicKey)).faults).toEqual([]);
});

test('failures and what could not be decided are stated as plainly as passes, and SLSA is not claimed', async () => {
  const text = await attestRun(folder, privateKey);
  const { statements } = await verifyAttestations(text, publicKey);
  expect(statements.map(({ predicate }) => predicate.result)).toEqual(['PASSED', 'FAILED', 'FAILED']);
  expect(statements[2]?.predicate).toMatchObject({ passedTests: [], failedTests: ['reproducible'] });
  expect(JSON.stringify(statements)).not.toMatch(/SLSA/);
});

test('another key, a changed payload and a changed type are found', async () => {
  const text = await attestRun(folder, privateKey);
  const other = createPublicKey(
    generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
  );
  expect((await verifyAttestations(text, other)).faults).toHaveLength(3);
  const [first] = linesOf(text);
  const forged = Buffer.from(first?.payload ?? '', 'base64')
    .toString()
    .replace('PASSED', 'WARNED');
  const changed = JSON.stringify({ ...first, payload: Buffer.from(forged).toString('base64') });
  expect((await verifyAttestations(changed, publicKey)).faults).toEqual([
    expect.stringContaining('attestation 1'),
  ]);
  await expect(verifyAttestations(JSON.stringify({ ...first, payloadType: 'x' }), publicKey)).rejects.toThrow(
    /envelope/,
  );
  expect(first?.payloadType).toBe(PAYLOAD_TYPE);
});

test('a log and evidence that were changed are named', async () => {
  const text = await attestRun(folder, privateKey);
  await appendFile(evidence, 'x');
  expect((await verifyAttestations(text, publicKey, folder)).faults).toEqual([
    expect.stringMatching(/evidence sha256:.* \(build log A\) was changed/),
  ]);
  await rm(evidence);
  expect((await verifyAttestations(text, publicKey, folder)).faults[0]).toMatch(/is not there/);
  await writeFile(evidence, 'log');
  const log = join(folder, 'run.jsonl');
  await writeFile(log, (await readFile(log, 'utf8')).replace('"summary":"s"', '"summary":"t"'));
  expect((await verifyAttestations(text, publicKey, folder)).faults[0]).toMatch(
    /run.jsonl is not the log that was attested/,
  );
});

test('an attestation that was left out is named', async () => {
  const lines = (await attestRun(folder, privateKey)).trim().split('\n');
  const without = lines.filter((_, index) => index !== 1).join('\n');
  expect((await verifyAttestations(without, publicKey)).faults).toEqual([]);
  expect((await verifyAttestations(without, publicKey, folder)).faults).toEqual([
    'the attestation of b (https://in-toto.io/attestation/test-result/v0.1) is not there',
  ]);
});

test.each(['', 'x', '[]', '{}', 'null'])('no attestation: %j', async (text) => {
  await expect(verifyAttestations(text, publicKey)).rejects.toMatchObject({ code: 'record-invalid' });
});
