import { expect, test } from 'vitest';
import { type Result, line } from './boot.ts';

const NOTHING = { detail: {}, evidence: [] };
const error = (claim: string, message: string): Result => ({
  ...{ claim, seconds: 0 },
  finding: {
    verdict: 'error',
    error: { code: 'unsupported', message },
    summary: message,
    ...NOTHING,
  },
});
const pass: Result = {
  ...{ claim: 'boots', seconds: 0 },
  finding: { verdict: 'pass', summary: 'running', ...NOTHING },
};

test('what keeps everything from being checked is told once', () => {
  const first = error('boots', 'it has no kernel');
  expect(line(first)).toBe('error unsupported boots: it has no kernel\n');
  expect(line(error('kernel', 'it has no kernel'), first)).toBe('error unsupported kernel: the same\n');
});

test.each([
  ['another reason', error('kernel', 'no database'), error('boots', 'it has no kernel')],
  ['no error before it', error('kernel', 'no database'), pass],
])('%s is told', (_what, result, before) => {
  expect(line(result, before)).toBe('error unsupported kernel: no database\n');
});

test('what a guest said does not steer a terminal', () => {
  expect(line({ ...pass, finding: { ...pass.finding, summary: '\u001b[2J' } })).not.toContain(
    '\u001b',
  );
});
