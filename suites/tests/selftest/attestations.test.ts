import { generateKeyPairSync } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signEnvelope } from '../../../harness/attest/dsse.ts';
import { cell, logOf } from '../../../harness/testing/record/run.ts';
import { RunWriter } from '../../../harness/record/writer.ts';
import { temporaryFolder, twinproof } from './support.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (name: string): string => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(at('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(at('key.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const writer = new RunWriter(at('run'));
  for (const event of logOf([cell('a', 'pass'), cell('b', 'fail')])) writer.append(event);
  writer.close();
});
afterAll(() => folder[Symbol.asyncDispose]());

async function verify(text: string, ...more: string[]) {
  await writeFile(at('attestations'), text);
  const args = ['verify-attestation', at('attestations'), '--key', at('key.pub'), ...more];
  const { exitCode, stdout, stderr } = await twinproof(args);
  return { exitCode, stdout, stderr };
}

test('what attest writes is verified, as envelopes and as bundles, and a log that was changed is told', async () => {
  const paths = ['--key', at('key.pem'), '--out', at('all.jsonl'), '--bundles', at('bundles')];
  expect(await twinproof(['attest', at('run'), ...paths])).toMatchObject({ exitCode: 0, stderr: '' });
  const names = await readdir(at('bundles'));
  const bundles = await Promise.all(names.map((name) => readFile(join(at('bundles'), name), 'utf8')));
  const lines = await readFile(at('all.jsonl'), 'utf8');
  for (const text of [lines, bundles.join('')]) {
    const { exitCode, stdout } = await verify(text, '--run', at('run'));
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toMatch(/^PASSED a: run\.jsonl \(.*\nFAILED b: run\.jsonl \(.*\n2 attestations verified$/);
  }
  const log = await readFile(at('run/run.jsonl'), 'utf8');
  await writeFile(at('run/run.jsonl'), log.replace('"summary":"s"', '"summary":"t"'));
  const { exitCode, stdout } = await verify(lines.split('\n')[0] ?? '', '--run', at('run'));
  await writeFile(at('run/run.jsonl'), log);
  expect(exitCode).toBe(1);
  expect(stdout).not.toContain('PASSED');
  expect(stdout).toMatch(
    /^wrong: attestation 1: run.jsonl is not the log .* for a .*\nwrong: .* of b .* is not there$/,
  );
});

test('--require asks for a result of every subject, and a contrary statement counts more', async () => {
  const envelope = (subject: string, attribute: string): string =>
    JSON.stringify(
      signEnvelope(
        {
          _type: 'https://in-toto.io/Statement/v1',
          subject: [{ name: `${subject} twin A`, digest: { sha256: 'a'.repeat(64) } }],
          predicateType: 'https://in-toto.io/attestation/scai/v0.3',
          predicate: { attributes: [{ attribute }] },
        },
        privateKey,
      ),
    );
  await twinproof(['attest', at('run'), '--key', at('key.pem'), '--out', at('tests.jsonl')]);
  const tests = await readFile(at('tests.jsonl'), 'utf8');
  const [yes, no] = [envelope('a', 'REPRODUCIBLE'), envelope('a', 'NOT_REPRODUCIBLE')];
  for (const [text, result, exitCode, said] of [
    [yes, 'REPRODUCIBLE', 0, ''],
    [no, 'REPRODUCIBLE', 1, 'a: not stated to be REPRODUCIBLE'],
    [`${yes}\n${no}`, 'REPRODUCIBLE', 1, 'a: not stated to be REPRODUCIBLE'],
    [`${yes}\n${tests}`, 'REPRODUCIBLE', 1, 'b: not stated to be REPRODUCIBLE'],
    [tests, 'PASSED', 1, 'b: not stated to be PASSED'],
    [tests.split('\n')[0] ?? '', 'PASSED', 0, ''],
    [yes, 'PASSED', 1, 'a: not stated to be PASSED'],
  ] as const)
    expect(await verify(text, '--require', result), `${result} of ${text}`).toMatchObject({
      exitCode,
      stderr: said,
    });
});

const good = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'a', digest: { sha256: 'a'.repeat(64) } }],
  predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
  predicate: { result: 'PASSED', configuration: [], passedTests: ['runs'] },
};

test.each<[what: string, statement: unknown, exitCode: number, says: RegExp]>([
  ['is good', good, 0, /^PASSED a .*\n1 attestations verified by their signatures; --run/],
  ['has no subject', { ...good, subject: [] }, 1, /^wrong: attestation 1: .*nothing$/],
  ['has a subject that is null', { ...good, subject: null }, 1, /^wrong: attestation 1: .*subject/],
  ['is null', null, 1, /^wrong: attestation 1: no in-toto statement/],
  ['has no predicate', { ...good, predicate: undefined }, 1, /^wrong: attestation 1: predicate/],
  ['has another predicate', { ...good, predicateType: 'x\u202e' }, 2, /^not checked: .* of "x\\u\{202e\}"/],
])('a signed statement that %s', async (_, statement, exitCode, says) => {
  const result = await verify(JSON.stringify(signEnvelope(statement as object, privateKey)));
  expect(result).toMatchObject({ exitCode, stderr: '' });
  expect(result.stdout).toMatch(says);
});

test('what is no envelope is refused with its line', async () => {
  const line = JSON.stringify(signEnvelope(good, privateKey));
  const { exitCode, stdout, stderr } = await verify(`${line}\n{"payload":1}\n`);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/attestations:2: record-invalid: not a DSSE envelope .*\n?$/);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
