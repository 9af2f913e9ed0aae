import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EvidenceStore } from '../record/evidence.ts';
import { cellId } from '../record/reader.ts';
import { DIGEST, cell, footer, header, logOf, planned } from '../testing/record/run.ts';
import { RunWriter } from '../record/writer.ts';
import { attestRun, attestRunInBoth, verifyAttestations } from './attest.ts';
import { type Envelope, PAYLOAD_TYPE, signEnvelope } from './dsse.ts';
import { fingerprintOf } from './keys.ts';
import { type Statement, statementsOf } from './statements.ts';

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
  const { faults, statements } = await verifyAttestations(text, publicKey, folder);
  expect(faults).toHaveLength(3);
  expect(faults[0]).toMatch(
    /^attestation 1: run.jsonl is not the log that was attested for a .*: it names sha256:\w{64}, this is/,
  );
  expect(statements).toEqual([]);
});

test('what rests on evidence that was changed is not shown as a result', async () => {
  const text = await attestRun(folder, privateKey);
  await appendFile(evidence, 'x');
  const { statements } = await verifyAttestations(text, publicKey, folder);
  expect(statements.map(({ predicate }) => predicate.failedTests)).toEqual([[], ['reproducible']]);
});

/** The statement of one line, changed and signed again with the key. */
function signedAgain(line: string | undefined, change: (statement: Statement) => void): string {
  const statement = JSON.parse(
    Buffer.from(linesOf(line ?? '')[0]?.payload ?? '', 'base64').toString(),
  ) as Statement;
  change(statement);
  return JSON.stringify(signEnvelope(statement, privateKey));
}

test('of a changed statement it is said what was changed, not that the log is another, and what is missing is named', async () => {
  const [, b] = (await attestRun(folder, privateKey)).split('\n');
  const passed = signedAgain(b, ({ predicate }) => {
    Object.assign(predicate, { result: 'PASSED', passedTests: ['reproducible'], failedTests: [] });
  });
  const { faults, statements } = await verifyAttestations(passed, publicKey, folder);
  const about = 'b (https://in-toto.io/attestation/test-result/v0.1)';
  expect(faults).toEqual([
    `attestation 1: it is not what the log comes to for ${about}: /predicate/failedTests/0 is not there, by the log "reproducible"; /predicate/passedTests/0 is "reproducible", by the log not there; /predicate/result is "PASSED", by the log "FAILED"`,
    expect.stringMatching(/^the attestation of a \(.* is not there$/),
    expect.stringMatching(/^the attestation of c \(.* is not there$/),
  ]);
  expect(statements).toEqual([]);
});

test('a statement about something that the log does not hold, and one that names no log, are wrong', async () => {
  const text = await attestRun(folder, privateKey);
  const [a] = text.split('\n');
  const stranger = signedAgain(a, ({ predicate }) => {
    (predicate.configuration as { name: string }[])[1] = { name: 'z' };
  });
  const unbound = signedAgain(a, ({ predicate }) => {
    predicate.configuration = [];
  });
  const { faults, statements } = await verifyAttestations(
    `${text}${stranger}\n${unbound}`,
    publicKey,
    folder,
  );
  expect(faults).toEqual([
    expect.stringMatching(/^attestation 4: the log holds nothing of z /),
    expect.stringMatching(/^attestation 5: run.jsonl is not the log .*: it names no log$/),
  ]);
  expect(statements).toHaveLength(3);
});

test('keys in another order and spaces are the same statement', async () => {
  const text = await attestRun(folder, privateKey);
  const turned = text
    .trim()
    .split('\n')
    .map((line) => signedAgain(line, (statement) => void Object.assign(statement, reversed(statement))));
  expect((await verifyAttestations(turned.join('\n'), publicKey, folder)).faults).toEqual([]);
});

/** The same members, the last one first. */
function reversed(value: object): object {
  const members = Object.entries(value).reverse();
  for (const [key] of members) Reflect.deleteProperty(value, key);
  return Object.fromEntries(members);
}

test('nothing of a log that lacks a cell is a pass, and what it lacks is stated', async () => {
  const cells = [cell('a', 'pass'), cell('b', 'pass'), cell('c', 'pass')];
  const lines = [header(planned(cells)), cells[0], cells[1], footer(cells.slice(0, 2))];
  await writeFile(join(folder, 'run.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const text = await attestRun(folder, privateKey);
  const { statements } = await verifyAttestations(text, publicKey, folder);
  expect(statements.map(({ predicate }) => predicate.result)).toEqual(['FAILED', 'FAILED', 'FAILED']);
  expect(JSON.stringify(statements[2])).toContain('"missing":["reproducible"]');
});

test('a log of another name is attested by its own digest, not by that of the run.jsonl beside it', async () => {
  const cells = [cell('z', 'fail')];
  const shard = join(folder, 'shard.jsonl');
  await writeFile(
    shard,
    logOf(cells)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  const digest = createHash('sha256')
    .update(await readFile(shard))
    .digest('hex');
  const text = await attestRun(shard, privateKey);
  const { statements } = await verifyAttestations(text, publicKey, shard);
  expect(statements[0]?.subject[0]?.digest?.sha256).toBe(digest);
});

test('a run without cells cannot be attested', async () => {
  await writeFile(
    join(folder, 'run.jsonl'),
    logOf([])
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  await expect(attestRun(folder, privateKey)).rejects.toMatchObject({ code: 'record-invalid' });
});

test('bundles hold the same envelopes, and are verified like them', async () => {
  const { lines, bundles } = await attestRunInBoth(folder, privateKey);
  expect([...bundles.keys()]).toEqual(
    ['a', 'b', 'c'].map((subject, index) => `${index + 1}-${subject}-test-result.sigstore.json`),
  );
  const [first] = bundles.values();
  expect(JSON.parse(first ?? '')).toEqual({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: expect.stringMatching(/^[\w+/]{43}=$/) as string } },
    dsseEnvelope: linesOf(lines)[0],
  });
  const together = [...bundles.values()].join('');
  expect(await verifyAttestations(together, publicKey, folder)).toMatchObject({ faults: [] });
});

// Made with: ssh-keygen -i -m PKCS8 -f key.pub | ssh-keygen -lf -; for Ed25519 by ssh-keygen -l of the key as OpenSSH has it.
test.each([
  [
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEx2isE26yriPKW9OZRoZ36qM/vnmRjWstT5raO6XSqoxi9UEddqcuxtyDMSeZWEm175ipRBM5QWHdD/WSbCn4Hw==',
    'SHA256:AMf9md5YeHs6CKTP+1mFCBS4PK1ekm+hIVRfZ+00JEE',
  ],
  [
    'MCowBQYDK2VwAyEAzfuVWZqHT4w4u26ETAeNnNkM18U2aDyWDxu6N5YLhVE=',
    'SHA256:gT5P717nSw5zoBhqh/uIp0iQnJxNsLenwG+j6cJey30',
  ],
])('keys have the name that OpenSSH gives them: %s', (spki, name) => {
  const key = createPublicKey(`-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----`);
  expect(fingerprintOf(key)).toBe(name);
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

test.each([
  [undefined, 'where the builds ran is not known'],
  ['same-host' as const, 'the builds ran on one machine'],
  ['different-hosts' as const, 'the builds ran on different machines; nothing is said of who operates them'],
])('a SCAI report says how far apart the twins were built: %s', (placement, platforms) => {
  const compared = cell('a', 'pass', placement === undefined ? {} : { placement });
  const twins = {
    type: 'twins' as const,
    subject: 'a',
    sourceDateEpoch: 0,
    builder: { name: 'b', digest: DIGEST },
    inputs: { files: 0, bytes: 0 },
    builds: [],
  };
  const run = {
    file: 'run.jsonl',
    folder: '.',
    header: header(planned([compared])),
    cells: new Map([[cellId(compared), compared]]),
    twins: new Map([['a', twins]]),
    notes: [],
    footer: footer([compared]),
  };
  const scai = statementsOf(run, DIGEST).find(({ statement }) => statement.predicateType.includes('/scai/'));
  const [attribute] = scai?.statement.predicate.attributes as { conditions: object }[];
  expect(attribute?.conditions).toMatchObject({ platforms, placement: placement ?? null });
});
