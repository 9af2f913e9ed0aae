import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { CellResult } from '../record/events.ts';
import type { Results } from '../record/results.ts';
import { cell, planned } from '../testing/record/run.ts';
import { HOSTILE, madeUp } from '../testing/report/input.ts';
import { type GateRules, judge } from './judge.ts';
import { gateText } from './text.ts';
import type { Verdict } from '../model/verdicts.ts';
import { CLAIMS } from '../claims/registry.ts';

const RULES: GateRules = {
  mode: 'block',
  claims: new Map(),
  partial: false,
  allow: [],
  maxAge: 30,
  declared: CLAIMS,
};
const of = (cells: readonly CellResult[], more: Partial<Results> = {}): Results =>
  madeUp(cells, more).results;
const other = { key: null, keyDigest: null };
const rules = (more: Partial<GateRules>): GateRules => ({ ...RULES, ...more });

test.each<[Verdict | null, Verdict | null, string, number]>([
  ['pass', 'fail', 'regression', 1],
  ['waived', 'fail', 'regression', 1],
  ['skipped', 'fail', 'regression', 1],
  ['pass', 'error', 'undecided', 2],
  ['pass', 'pass', 'same', 0],
  ['fail', 'fail', 'still', 0],
  ['fail', 'error', 'still', 0],
  ['error', 'fail', 'still', 0],
  ['fail', 'pass', 'improvement', 0],
  ['error', 'pass', 'improvement', 0],
  ['waived', 'pass', 'improvement', 0],
  ['pass', 'waived', 'waived', 0],
  ['fail', 'waived', 'waived', 0],
  [null, 'pass', 'new', 0],
  [null, 'fail', 'new-failure', 1],
  [null, 'error', 'new-undecided', 2],
  ['pass', null, 'gone', 1],
  ['pass', 'skipped', 'gone', 1],
  ['fail', 'skipped', 'gone', 1],
  ['skipped', 'skipped', 'same', 0],
])('%s before and %s now is %s, exit code %i', (before, now, change, exitCode) => {
  const base = cell('base', 'pass');
  const make = (verdict: Verdict | null): CellResult[] =>
    verdict === null ? [base] : [base, cell('a', verdict, other)];
  const result = judge(of(make(now)), of(make(before)), RULES);
  expect(result.counts).toMatchObject({ [change]: change === 'same' ? 2 : 1 });
  expect(result.exitCode).toBe(exitCode);
  expect(judge(of(make(now)), of(make(before)), rules({ mode: 'info' })).exitCode).toBe(0);
});

test('what a claim lists anew is worse, though it failed before or holds all the same', () => {
  const list = (claim: string, verdict: Verdict, detail: object): Results =>
    of([cell('a', verdict, { ...other, claim, detail: detail as Record<string, never> })]);
  const cve = (...ids: string[]) => ({
    vulnerabilities: ids.map((id) => ({ id, package: 'openssl', hasFix: !id.endsWith('open') })),
  });
  const gate = (now: Results, then: Results) => {
    const { changes, exitCode } = judge(now, then, RULES);
    return [...changes.map(({ change, summary }) => `${change}: ${summary}`), exitCode];
  };
  const known = list('vulnerabilities', 'fail', cve('CVE-1', 'CVE-2-open'));
  expect(gate(known, known)).toEqual([0]);
  expect(gate(list('vulnerabilities', 'fail', cve('CVE-1', 'CVE-3')), known)).toEqual([
    'new-finding: CVE-3 in openssl, which has a fix',
    1,
  ]);
  // What has no fix is nobody's change.
  expect(gate(list('vulnerabilities', 'fail', cve('CVE-1', 'CVE-4-open')), known)).toEqual([0]);
  expect(gate(list('vulnerabilities', 'waived', cve('CVE-1', 'CVE-3')), known).at(-1)).toBe(0);
  expect(gate(known, list('vulnerabilities', 'pass', cve()))[0]).toMatch(/^regression/);
  const setuid = (...paths: string[]) => ({ findings: paths.map((path) => ({ kind: 'setuid', path })) });
  expect(
    gate(list('minimal', 'fail', setuid('bin/a', 'bin/b')), list('minimal', 'fail', setuid('bin/a'))),
  ).toEqual(['new-finding: setuid bin/b', 1]);
  const from = (...others: string[]) => ({ others });
  expect(gate(list('origin', 'pass', from('zip')), list('origin', 'pass', from()))).toEqual([
    'new-finding: zip',
    1,
  ]);
  expect(gate(list('origin', 'pass', from()), list('origin', 'pass', from('zip')))).toEqual([0]);
  const cut = from(...Array.from({ length: 1000 }, (_, i) => `p${i}`));
  expect(gate(list('origin', 'fail', cut), list('origin', 'fail', from('zip')))).toEqual([0]);
});

test('a cell that is missing, and a run that did not end, never pass', () => {
  const baseline = of([cell('a', 'pass')]);
  const missing = of([], { planned: planned([cell('a', 'pass')]) });
  expect(judge(missing, baseline, RULES)).toMatchObject({ outcome: 'undecided', exitCode: 2 });
  expect(judge(missing, baseline, rules({ mode: 'warn' })).exitCode).toBe(2);
  const cut = of([cell('a', 'pass')], { ended: false });
  expect(judge(cut, baseline, RULES)).toMatchObject({ outcome: 'undecided', exitCode: 2 });
  expect(judge(of([]), of([]), RULES)).toMatchObject({ outcome: 'undecided', exitCode: 2 });
});

test('each claim can have a mode of its own', () => {
  const now = of([cell('a', 'fail'), cell('a', 'pass', { claim: 'runs' })]);
  const baseline = of([cell('a', 'pass'), cell('a', 'pass', { claim: 'runs' })]);
  const softer = judge(now, baseline, rules({ claims: new Map([['reproducible', 'warn']]) }));
  expect(softer).toMatchObject({ outcome: 'fail', exitCode: 0 });
  const stricter = judge(
    now,
    baseline,
    rules({ mode: 'info', claims: new Map([['reproducible', 'block']]) }),
  );
  expect(stricter.exitCode).toBe(1);
});

test('another verdict for the same inputs is flaky, whichever way it went', () => {
  for (const [before, now] of [
    ['pass', 'fail'],
    ['fail', 'pass'],
  ] as const) {
    const result = judge(of([cell('a', now)]), of([cell('a', before)]), RULES);
    expect(result.flaky).toBe(1);
    expect(gateText(result, { color: false })).toContain('same inputs: flaky');
  }
  expect(judge(of([cell('a', 'fail', other)]), of([cell('a', 'pass')]), RULES).flaky).toBe(0);
});

test('a part of the catalog misses nothing that it was not asked for', () => {
  const baseline = of([cell('a', 'pass'), cell('b', 'pass')]);
  expect(judge(of([cell('a', 'pass')]), baseline, rules({ partial: true })).exitCode).toBe(0);
});

test('notes tell of an expired, unfinished or foreign baseline', () => {
  const old = madeUp([cell('a', 'pass')], {
    ended: false,
    harness: '9',
    catalog: { name: 'd', digest: '' },
  }).results;
  for (const { header } of old.runs) header.started = '2025-01-01T00:00:00.000Z';
  const { notes } = judge(of([cell('a', 'pass')]), old, RULES);
  expect(notes.join('\n')).toMatch(/did not end[^]*365 days older[^]*version 9[^]*catalog d/);
});

test('the JSON fits its schema, and hostile names do no harm in the text', async () => {
  const result = judge(of([cell(HOSTILE, 'fail')]), of([cell(HOSTILE, 'pass')]), RULES);
  const schema = JSON.parse(await readFile(new URL('gate.schema.json', import.meta.url), 'utf8')) as object;
  const validate = new Ajv2020({ strict: true }).compile(schema);
  validate(result);
  expect(validate.errors).toBeNull();
  expect(validate({ ...result, outcome: 'maybe' })).toBe(false);
  expect(gateText(result, { color: false }).replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u);
});

test('a suite that is another one than it was is noted', () => {
  const withSuite = (digit: string): Results => {
    const results = of([cell('a', 'pass', { claim: 'own' })]);
    const suite = { path: 'own.suite.ts', digest: `sha256:${digit.repeat(64)}`, claims: [] };
    return {
      ...results,
      runs: results.runs.map((run) => ({ ...run, header: { ...run.header, suites: [suite] } })),
    };
  };
  expect(judge(withSuite('1'), withSuite('1'), RULES).notes).toEqual([]);
  expect(judge(withSuite('2'), withSuite('1'), RULES).notes).toEqual([
    'own.suite.ts is not the suite that it was for the baseline: what its claims expect may have changed',
  ]);
});
