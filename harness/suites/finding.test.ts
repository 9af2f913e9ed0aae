import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TwinproofError } from '../errors.ts';
import { EvidenceStore } from '../record/evidence.ts';
import { findingOf } from './finding.ts';
import type { Ended, SuiteTest } from './tests.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finding-'));
});
afterAll(() => rm(folder, { recursive: true }));

const of = (...all: Ended[]) => {
  const test: SuiteTest = {
    ...{ claim: 'own', subject: 'a', title: 'the title', place: 'own.suite.ts:7', root: '/home' },
    ...{ turn: Promise.withResolvers(), ended: Promise.withResolvers() },
  };
  return findingOf(
    all.map((ended) => ({ test, ended })),
    new EvidenceStore(folder),
  );
};

const pass: Ended = { state: 'pass', note: '', errors: [] };
const skip: Ended = { state: 'skip', note: 'not today', errors: [] };
const failed = (...errors: unknown[]): Ended => ({ state: 'fail', note: '', errors });
const assertion = { name: 'AssertionError', message: 'expected 1 to be 2', diff: '\u001b[32m- 2\u001b[39m' };
const matcher = { name: 'Error', message: 'differs', __vitest_error_context__: {} };
const broken = { name: 'TypeError', message: 'no such thing', stack: 'x\n    at f (/home/own.suite.ts:9:1)' };

test.each<[string, Ended[], string]>([
  ['all pass', [pass, pass], 'pass'],
  ['one is skipped', [pass, skip], 'skipped'],
  ['an assertion fails', [pass, failed(assertion)], 'fail'],
  ['a matcher fails', [failed(matcher)], 'fail'],
  ['something else is thrown', [pass, failed(broken), skip], 'error'],
  ['one fails and another breaks', [failed(broken), failed(assertion), skip], 'fail'],
  ['a test fails and what is after it breaks', [failed(assertion, broken)], 'fail'],
  ['something that is no error is thrown', [failed('words')], 'error'],
  ['nobody says why it failed', [failed()], 'error'],
])('%s', async (_, all, verdict) => {
  expect(await of(...all)).toMatchObject({ verdict });
});

test('what is wrong is reported with its place, and whole in the evidence', async () => {
  const fail = await of(failed(assertion));
  expect(fail.summary).toBe('own.suite.ts:7: expected 1 to be 2 - 2');
  const [evidence] = fail.evidence;
  const text = await readFile(join(folder, 'evidence/sha256', evidence?.digest.slice(7) ?? ''), 'utf8');
  expect(text).toBe('own.suite.ts:7: the title\nexpected 1 to be 2\n- 2\n');
  const error = await of(failed(broken));
  expect(error).toMatchObject({ error: { code: 'suite-failed' } });
  expect(error.summary).toMatch(/^own\.suite\.ts:9: TypeError: no such thing$/);
  expect((await of(skip)).summary).toBe('own.suite.ts:7: not today');
});

test('an error of this program keeps its code, unless it only says that it was called wrongly', async () => {
  const late = new TwinproofError('timeout', 'too late', { hint: 'wait' });
  expect(await of(failed(late))).toMatchObject({
    error: { code: 'timeout', message: 'own.suite.ts:7: too late', hint: 'wait' },
  });
  const usage = new TwinproofError('usage', 'no image');
  expect(await of(failed(usage))).toMatchObject({ error: { code: 'suite-failed' } });
});

test('what tests say has a bound', async () => {
  const long = await of(failed({ ...assertion, message: 'x'.repeat(1_000_000), diff: undefined }));
  expect(long.summary.length).toBeLessThan(400);
  expect(long.evidence[0]?.size).toBeLessThan(60_000);
});
