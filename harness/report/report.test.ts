import { expect, test } from 'vitest';
import { DIGEST, cell } from '../testing/record/run.ts';
import { reportInput } from './input.ts';
import { markdownReport } from './markdown.ts';
import { terminalReport } from './terminal.ts';
import { madeUp } from '../testing/report/input.ts';

const hostile = '<img src=x onerror=alert(1)> [a](https://b) \u001b[31m | \u202e @all';
const input = madeUp(
  [cell('a/default@linux/amd64', 'pass'), cell('b/default@linux/amd64', 'fail', { summary: hostile })],
  { catalog: { name: hostile, digest: DIGEST } },
);
const { summary } = input;

test('the terminal report shows the matrix, tells failures and counts', () => {
  const text = terminalReport(summary, { color: false });
  expect(text).toContain('a/default@linux/amd64 │ pass');
  expect(text).toContain('fail b/default@linux/amd64 reproducible:');
  expect(text.trimEnd().endsWith('1 passed, 1 failed')).toBe(true);
});

test('no report hands control characters on, and colour is only used when asked', () => {
  expect(terminalReport(summary, { color: false })).not.toContain('\u001b');
  expect(terminalReport(summary, { color: true })).not.toContain('\u001b[31m |');
  expect(markdownReport(input)).not.toContain('\u001b');
  expect(markdownReport(input)).not.toContain('\u202e');
});

test('names of unknown origin do not become markup', () => {
  const text = markdownReport(input);
  expect(text).not.toContain('<img');
  expect(text).not.toContain('](https://');
  expect(text).not.toContain('@all');
});

test('an incomplete run says so', () => {
  const incomplete = { ...input, summary: { ...summary, complete: false, missing: ['c reproducible'] } };
  expect(terminalReport(incomplete.summary, { color: false })).toContain('incomplete run');
  expect(markdownReport(incomplete)).toContain('Incomplete run');
});

test.each([
  ['standard', 'depth: standard, slow checks skipped'],
  ['thorough', 'depth: thorough'],
  [undefined, null],
] as const)('a run of depth %s says so beside its matrix', (depth, said) => {
  const [run] = input.results.runs;
  if (run === undefined) throw new Error('no run');
  const header = { ...run.header, ...(depth === undefined ? {} : { depth }) };
  const deep = reportInput({ ...input.results, runs: [{ ...run, header }] });
  const reports = [terminalReport(deep.summary, { color: false }), markdownReport(deep)];
  for (const text of reports) {
    if (said === null) expect(text).not.toContain('depth');
    else expect(text).toContain(said);
  }
});

const exemption = {
  claim: 'reproducible',
  path: 'etc/**',
  reason: 'known | since May',
  owner: 'base@example.org',
  expires: '2026-01-01',
  covers: 1,
};

test.each([
  ['waived', { expired: false }, 'in force'],
  ['fail', { expired: true }, 'expired'],
  ['fail', { covers: 0, expired: false }, 'not needed'],
  ['fail', { expired: false }, 'not enough'],
  // Older logs do not say whether it had expired on the day of the check.
  ['fail', {}, 'not enough'],
  ['fail', { expires: '2025-12-31' }, 'expired'],
] as const)('an exemption of a cell that is %s, %j: %s', (verdict, more, state) => {
  const exempt = cell('a', verdict, { detail: { exemptions: [{ ...exemption, ...more }] } });
  const { expires } = { ...exemption, ...more };
  expect(markdownReport(madeUp([exempt]))).toContain(
    `| a reproducible | etc/\\*\\* | ${state} | ${expires} | base&#64;example.org | known \\| since May |`,
  );
});

test('exemptions that need work come first, and a log may say anything of them', () => {
  const odd = cell('c', 'waived', { detail: { exemptions: ['x', { covers: 'many' }, null] } });
  const text = markdownReport(
    madeUp([
      cell('a', 'waived', { detail: { exemptions: [exemption] } }),
      cell('b', 'fail', { detail: { exemptions: [{ ...exemption, covers: 0 }] } }),
      odd,
    ]),
  );
  expect(text.indexOf('| b reproducible |')).toBeLessThan(text.indexOf('| a reproducible |'));
  expect(text.match(/the whole claim/g)).toHaveLength(3);
});

test('what to do stands below a failure, and why cells were skipped below that, once for all of a kind', () => {
  const skipped = { key: null, keyDigest: null, summary: 'the catalog names no lock', claim: 'locked' };
  const { summary: told } = madeUp([
    cell('a', 'fail', { claim: 'hermetic', summary: 's', fix: 'lock it\u001b[31m' }),
    cell('a', 'skipped', skipped),
    cell('b', 'skipped', skipped),
    cell('b', 'skipped', { ...skipped, claim: 'runs', summary: 'no smoke check' }),
  ]);
  const lines = terminalReport(told, { color: false }).split('\n');
  const at = lines.findIndex((line) => line.startsWith('fail a hermetic'));
  expect(lines.slice(at, at + 4)).toEqual([
    'fail a hermetic: s',
    expect.stringMatching(/^ {2}fix: lock it\P{Cc}*$/u),
    'skipped 2 subjects locked: the catalog names no lock',
    'skipped b runs: no smoke check',
  ]);
});
