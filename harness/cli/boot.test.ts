import { expect, test } from 'vitest';
import { line } from './boot.ts';
import type { Result } from './boot-result.ts';
import { saidBefore } from './said-before.ts';

const NOTHING = { detail: {}, evidence: [] };
const error = (claim: string, message: string): Result => ({
  claim,
  seconds: 0,
  finding: { verdict: 'error', error: { code: 'unsupported', message }, summary: message, ...NOTHING },
});
const pass: Result = {
  claim: 'boots',
  seconds: 0,
  finding: { verdict: 'pass', summary: 'running', ...NOTHING },
};

test('what keeps everything from being checked is reported once, another reason is told', () => {
  const reasonOf = saidBefore();
  const said = [
    error('boots', 'it has no kernel'),
    error('kernel', 'it has no kernel'),
    error('update', 'no update'),
  ].map((result) => line(result, reasonOf));
  expect(said).toEqual([
    'error unsupported boots: it has no kernel\n',
    'error unsupported kernel: for the same reason as boots\n',
    'error unsupported update: no update\n',
  ]);
});

test('what a guest said does not steer a terminal', () => {
  const steering = { ...pass, finding: { ...pass.finding, summary: '\u001b[2J' } };
  expect(line(steering, saidBefore())).not.toContain('\u001b');
});
