import { expect, test } from 'vitest';
import { cell } from '../testing/record/run.ts';
import { madeUp } from '../testing/report/input.ts';
import type { Mode } from './judge.ts';
import { namedRules } from './names.ts';

const KNOWN = ['reproducible', 'hermetic', 'runs'];
const APP = 'app/default@linux/amd64';
const of = (...claims: string[]) => madeUp(claims.map((claim) => cell(APP, 'pass', { claim }))).results;
const RUNS = { now: of('reproducible', 'runs'), baseline: of('reproducible') };

const ask = (claims: (readonly [string, Mode])[], allow: string[] = [], runs = RUNS) =>
  namedRules({ claims, allow }, runs, KNOWN);

test('names that one of the runs knows are taken', () => {
  const rules = ask([['runs', 'warn']], [`gone:${APP}`, `lowered:${APP}/runs`]);
  expect(rules.claims).toEqual(new Map([['runs', 'warn']]));
  expect(rules.allow).toHaveLength(2);
});

test.each<[string, () => unknown, string]>([
  ['a typing error', () => ask([['reprducible', 'block']]), 'a claim "reprducible", which nothing checks'],
  ['another case', () => ask([['Reproducible', 'block']]), '"Reproducible"'],
  ['a key of every object', () => ask([['constructor', 'block']]), '"constructor"'],
  ['a claim that nobody makes', () => ask([['hermetic', 'block']]), 'neither run speaks of it'],
  [
    'two modes for one claim',
    () =>
      ask([
        ['runs', 'block'],
        ['runs', 'info'],
      ]),
    'given two modes',
  ],
  ['an allowance for an unknown claim', () => ask([], [`lowered:${APP}/hermetic`]), 'neither run speaks of'],
  ['an allowance for an unknown subject', () => ask([], ['gone:app/other@linux/amd64']), 'names no change'],
  [
    'a baseline with a claim of its own',
    () => ask([], [], { ...RUNS, baseline: of('reprducible') }),
    'the baseline speaks of a claim "reprducible"',
  ],
  [
    'a run with one',
    () => ask([], [], { ...RUNS, now: of('x\u001b[31m') }),
    'the run speaks of a claim "x\\u{1b}[31m"',
  ],
])('%s is refused', (_, named, message) => {
  expect(named).toThrow(message);
});

test('claims of the user are those that the runs say their suites check', () => {
  const own = {
    path: 'own.suite.ts',
    digest: `sha256:${'1'.repeat(64)}`,
    claims: [{ id: 'own', statement: 's' }],
  };
  const { results } = madeUp([cell(APP, 'pass', { claim: 'own' })]);
  const now = {
    ...results,
    runs: results.runs.map((run) => ({ ...run, header: { ...run.header, suites: [own] } })),
  };
  expect(ask([['own', 'warn']], [], { now, baseline: of('runs') }).claims).toEqual(
    new Map([['own', 'warn']]),
  );
  expect(ask([], [], { now: of('runs'), baseline: now }).claims.size).toBe(0);
  expect(() => ask([], [], { now: results, baseline: now })).not.toThrow();
  expect(() => ask([], [], { now: results, baseline: of('runs') })).toThrow(
    'the run speaks of a claim "own"',
  );
});
