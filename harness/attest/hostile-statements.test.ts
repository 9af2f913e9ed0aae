import { generateKeyPairSync, sign } from 'node:crypto';
import { dsse } from '@sigstore/core';
import { expect, test } from 'vitest';
import { verifyAttestations } from './attest.ts';
import { PAYLOAD_TYPE } from './dsse.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const HEX = 'a'.repeat(64);
const good = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'a', digest: { sha256: HEX } }],
  predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
  predicate: { result: 'PASSED', configuration: [], passedTests: ['runs'], warnedTests: [], failedTests: [] },
};
const scai = (...attributes: object[]): object => ({
  ...good,
  predicateType: 'https://in-toto.io/attestation/scai/v0.3',
  predicate: { attributes },
});
const result = (predicate: object): object => ({ ...good, predicate: { ...good.predicate, ...predicate } });
const about = (...subject: unknown[]): object => ({ ...good, subject });

const signature = (payload: Buffer, key = privateKey): { sig: string } => ({
  sig: sign(null, dsse.preAuthEncoding(PAYLOAD_TYPE, payload), key).toString('base64'),
});

interface Made {
  payload: string;
  payloadType: string;
  signatures: object[];
}

/** An envelope as anybody may write one, with a signature that is right. */
function envelope(statement: unknown, change: Partial<Made> = {}): string {
  const text = typeof statement === 'string' ? statement : JSON.stringify(statement);
  const payload = Buffer.from(text);
  const made = {
    payload: payload.toString('base64'),
    payloadType: PAYLOAD_TYPE,
    signatures: [signature(payload)],
  };
  return JSON.stringify({ ...made, ...change });
}

const plain = JSON.stringify(good);

test.each<[what: string, statement: unknown, says: RegExp]>([
  ['no subject', { ...good, subject: undefined }, /subject/],
  ['a subject that is null', { ...good, subject: null }, /subject/],
  ['an empty list of subjects', about(), /a statement about nothing/],
  ['a subject that is null in its list', about(null), /subject\.0/],
  ['a subject without digest', about({ name: 'a' }), /subject\.0\.digest/],
  ['a subject with an empty digest', about({ name: 'a', digest: {} }), /a subject without a digest/],
  ['sha1 only', about({ name: 'a', digest: { sha1: 'b'.repeat(40) } }), /subject a has no sha256/],
  ['sha1 only, beside a good one', about(...good.subject, { digest: { sha1: 'b' } }), /no sha256/],
  ['an upper-case digest', about({ name: 'a', digest: { sha256: HEX.toUpperCase() } }), /lower-case/],
  ['a digest of another length', about({ name: 'a', digest: { sha256: 'abc' } }), /64 lower-case/],
  ['a digest with its algorithm in it', about({ name: 'a', digest: { sha256: `sha256:${HEX}` } }), /64/],
  ['a digest that is a number', about({ name: 'a', digest: { sha256: 1 } }), /subject\.0\.digest/],
  ['a subject twice', about(...good.subject, ...good.subject), /same name/],
  ['a name that is no text', about({ name: 1, digest: { sha256: HEX } }), /subject\.0\.name/],
  ['another _type', { ...good, _type: 'https://in-toto.io/Statement/v2' }, /_type/],
  ['no _type', { ...good, _type: undefined }, /_type/],
  ['a _type with a slash more', { ...good, _type: `${good._type}/` }, /_type/],
  ['no predicateType', { ...good, predicateType: undefined }, /predicateType/],
  ['no predicate', { ...good, predicate: undefined }, /predicate/],
  ['a predicate that is null', { ...good, predicate: null }, /predicate/],
  ['a predicate that is a list', { ...good, predicate: [] }, /predicate/],
  ['a result that is none', result({ result: 'passed' }), /predicate\.result/],
  ['a result that is a list', result({ result: ['PASSED'] }), /predicate\.result/],
  ['PASSED with failures', result({ failedTests: ['boots'] }), /is PASSED, though .*boots/],
  ['PASSED with what is waived', result({ warnedTests: ['boots'] }), /is PASSED, though .*boots/],
  ['WARNED with failures', result({ result: 'WARNED', failedTests: ['x'] }), /is WARNED, though/],
  [
    'PASSED of a log without its end',
    result({ configuration: [{ annotations: { complete: false } }] }),
    /not everything was decided/,
  ],
  [
    'PASSED beside what is undecided',
    result({ configuration: [{ annotations: { undecided: { boots: 'timeout' } } }] }),
    /not everything was decided/,
  ],
  ['a configuration that holds null', result({ configuration: [null] }), /configuration/],
  ['PASSED of nothing', result({ passedTests: [] }), /no test is named/],
  ['a test both passed and failed', result({ result: 'FAILED', failedTests: ['runs'] }), /twice/],
  ['tests that are no text', result({ passedTests: [1] }), /passedTests/],
  ['attributes that are not there', scai(), /attributes/],
  ['an attribute that is null', scai({ attribute: null }), /attribute/],
  ['REPRODUCIBLE of a failure', scai({ attribute: 'REPRODUCIBLE', conditions: { verdict: 'fail' } }), /fail/],
  ['both', scai({ attribute: 'REPRODUCIBLE' }, { attribute: 'NOT_REPRODUCIBLE' }), /both/],
  ['null', 'null', /no in-toto statement/],
  ['a number', '1', /no in-toto statement/],
  ['a list', `[${plain}]`, /no in-toto statement/],
  ['nothing', '', /not JSON/],
  ['no JSON', 'PASSED', /not JSON/],
  ['a byte order mark', `\ufeff${plain}`, /not JSON/],
  ['bytes after it', `${plain}x`, /not JSON/],
  ['a second statement after it', `${plain}${plain}`, /not JSON/],
  ['a zero after it', `${plain}\0`, /not JSON/],
  ['a key twice', plain.replace('{', '{"predicateType":"x",'), /"predicateType" twice/],
  ['a key twice, escaped', plain.replace('"result"', '"r\\u0065sult":"FAILED","result"'), /"result" twice/],
  ['deep JSON', plain.replace('{', `{"x":${'['.repeat(50_000)}${']'.repeat(50_000)},`), /deeper/],
])('a signed statement with this is wrong, and nothing of it is shown: %s', async (_, statement, says) => {
  const { statements, faults, unchecked } = await verifyAttestations(envelope(statement), publicKey);
  expect(faults).toEqual([expect.stringMatching(says)]);
  expect({ statements, unchecked }).toEqual({ statements: [], unchecked: [] });
});

test('bytes that are no UTF-8 are no payload', async () => {
  const payload = Buffer.concat([Buffer.from('{"x":"'), Buffer.of(0xff), Buffer.from(`",${plain.slice(1)}`)]);
  const made = envelope('', { payload: payload.toString('base64'), signatures: [signature(payload)] });
  expect((await verifyAttestations(made, publicKey)).faults).toEqual([expect.stringMatching(/not UTF-8/)]);
});

const other = generateKeyPairSync('ed25519').privateKey;
const bytes = Buffer.from(plain);
/** Base64 of it has all characters in which the alphabets differ. */
const odd = Buffer.from(JSON.stringify({ ...good, x: ['>>>???', ' >>>???', '  >>>???'] }));
const urlSafe = (content: Buffer): string =>
  content.toString('base64').replaceAll('+', '-').replaceAll('/', '_');

test('the alphabets of base64 are told apart here', () => {
  expect(urlSafe(odd)).toMatch(/-.*_|_.*-/);
});

test.each<[what: string, line: string]>([
  ['as it should be', envelope(good)],
  ['with the first version of the format', envelope({ ...good, _type: 'https://in-toto.io/Statement/v0.1' })],
  [
    'with fields that nobody knows',
    envelope({ ...good, x: { __proto__: 1 }, subject: [{ ...good.subject[0], y: 1 }] }),
  ],
  ['with further digests', envelope(about({ name: 'a', digest: { sha1: 'b', sha256: HEX } }))],
  [
    'with two subjects that are the same image',
    envelope(about(...good.subject, { ...good.subject[0], name: 'b' })),
  ],
  [
    'with one of several signatures',
    envelope(good, { signatures: [signature(bytes, other), signature(bytes)] }),
  ],
  ['with URL-safe base64', envelope('', { payload: urlSafe(odd), signatures: [signature(odd)] })],
  [
    'in a bundle',
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {},
      dsseEnvelope: JSON.parse(envelope(good)) as object,
    }),
  ],
  ['after an empty line, with CRLF', `\r\n${envelope(good)}\r\n`],
])('a signed statement is taken %s', async (_, line) => {
  expect(await verifyAttestations(line, publicKey)).toMatchObject({
    faults: [],
    unchecked: [],
    statements: [{}],
  });
});

test.each<[what: string, line: string]>([
  ['no signature', envelope(good, { signatures: [] })],
  ['a signature by another key', envelope(good, { signatures: [signature(bytes, other)] })],
  ['an empty signature', envelope(good, { signatures: [{ sig: '' }] })],
  ['a signature of something else', envelope(good, { signatures: [signature(Buffer.from('x'))] })],
  [
    'a signature of the payload alone',
    envelope(good, { signatures: [{ sig: sign(null, bytes, privateKey).toString('base64') }] }),
  ],
  ['garbage in a right signature', envelope(good, { signatures: [{ sig: `!${signature(bytes).sig}` }] })],
])('not signed: %s', async (_, line) => {
  const { faults, statements } = await verifyAttestations(line, publicKey);
  expect(faults).toEqual([expect.stringMatching(/^attestation 1: the signature is not of this key/)]);
  expect(statements).toEqual([]);
});

const base64 = bytes.toString('base64');
test.each<[what: string, line: string]>([
  ['another payload type', envelope(good, { payloadType: 'application/json' })],
  ['spaces in base64', envelope(good, { payload: `${base64.slice(0, 8)} ${base64.slice(8)}` })],
  ['other characters in base64', envelope(good, { payload: `!${base64}` })],
  ['base64 without padding', envelope(good, { payload: 'eA' })],
  ['base64 and more base64', envelope(good, { payload: `${Buffer.from('{').toString('base64')}${base64}` })],
  ['both alphabets', envelope(good, { payload: '+_-/' })],
  ['a payload twice', envelope(good).replace('{', '{"payload":"e30=",')],
  ['a payload that is an object', envelope(good, { payload: good as unknown as string })],
  ['signatures that are null', envelope(good, { signatures: [null as unknown as object] })],
  ['signatures without sig', envelope(good, { signatures: [{ keyid: '' }] })],
  [
    'a bundle without envelope',
    '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","messageSignature":{}}',
  ],
  ['deep JSON', '['.repeat(100_000)],
])('no envelope at all: %s', async (_, line) => {
  const reason = { code: 'record-invalid', where: 'file.jsonl:2' };
  await expect(
    verifyAttestations(`${envelope(good)}\n${line}`, publicKey, undefined, 'file.jsonl'),
  ).rejects.toMatchObject(reason);
});

test('what is said of other predicates is left open, and the rest is checked all the same', async () => {
  const provenance = {
    ...about({ digest: { gitCommit: 'b' } }),
    predicateType: 'https://slsa.dev/provenance/v1',
  };
  const lines = [provenance, { ...provenance, subject: [] }, good].map((one) => envelope(one)).join('\n');
  expect(await verifyAttestations(lines, publicKey)).toMatchObject({
    unchecked: [expect.stringMatching(/attestation 1 is of "https:\/\/slsa.dev\/provenance\/v1"/)],
    faults: [expect.stringMatching(/attestation 2: .*nothing/)],
    statements: [good],
  });
});
