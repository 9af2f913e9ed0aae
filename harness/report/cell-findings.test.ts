import { expect, test } from 'vitest';
import type { CellResult } from '../record/events.ts';
import { cell } from '../testing/record/run.ts';
import { madeUp } from '../testing/report/input.ts';
import { FORMATS } from './formats.ts';

const detail = {
  vulnerabilities: [
    ...[['CVE-1', 'high', '2', true] as const, ['CVE-2', 'low', null, false] as const].map(
      ([id, severity, fixedIn, hasFix]) => ({
        id,
        package: 'openssl',
        version: '1',
        severity,
        fixedIn,
        hasFix,
      }),
    ),
  ],
};
const failing = (more: Partial<CellResult> = {}) =>
  madeUp([cell('a', 'fail', { claim: 'vulnerabilities', detail, ...more })]);

async function made(id: string, input: ReturnType<typeof failing>): Promise<string> {
  const files = await FORMATS.get(id).make(input);
  return typeof files === 'string' ? files : [...files.values()].join('');
}

interface Sarif {
  runs: {
    results: { ruleId: string; level: string; message: { text: string }; partialFingerprints: object }[];
  }[];
}

test('SARIF has a result for each vulnerability, by severity, each with a fingerprint of its own', async () => {
  const { runs } = JSON.parse(await made('sarif', failing())) as Sarif;
  const results = runs[0]?.results ?? [];
  expect(results.map(({ ruleId, level }) => `${ruleId} ${level}`)).toEqual([
    'vulnerabilities/CVE-1 error',
    'vulnerabilities/CVE-2 note',
  ]);
  expect(results[0]?.message.text).toContain('CVE-1 in openssl 1 (high, fixed in 2)');
  expect(new Set(results.map((one) => JSON.stringify(one.partialFingerprints))).size).toBe(2);
});

test('what lists nothing, or nothing that can be read, is one result', async () => {
  for (const odd of [{}, { vulnerabilities: 'x' }, { vulnerabilities: [1, null] }]) {
    const { runs } = JSON.parse(await made('sarif', failing({ detail: odd }))) as Sarif;
    expect(runs[0]?.results.map(({ ruleId }) => ruleId)).toEqual(['vulnerabilities/fails']);
  }
});

test('the comment names each, and hostile names do no harm in it', async () => {
  expect(await made('comment', failing())).toMatch(/CVE\\?-2 in openssl/);
  const hostile = { vulnerabilities: [{ id: '</details><script>\n::error::', package: '|', version: '1' }] };
  const text = await made('comment', failing({ detail: hostile }));
  expect(text).not.toMatch(/<script|^::/m);
});
