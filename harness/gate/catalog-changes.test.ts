import { expect, test } from 'vitest';
import type { CellResult, Terms } from '../record/events.ts';
import { cellId } from '../record/reader.ts';
import type { Results } from '../record/results.ts';
import { cell } from '../testing/record/run.ts';
import { madeUp, twinsOf } from '../testing/report/input.ts';
import { parseAllowance } from './allow.ts';
import { type GateResult, type GateRules, judge } from './judge.ts';
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
const APP = 'app/default@linux/amd64';

/** One cell of a catalog; without a verdict it was not looked at. */
type Made = [claim: string, terms: Terms, verdict?: Verdict, subject?: string];

/** A run that names its whole catalog. */
function run(made: Made[], more: Partial<Results> = {}): Results {
  const cells: CellResult[] = made.flatMap(([claim, , verdict, subject = APP]) =>
    verdict === undefined ? [] : cell(subject, verdict, { claim, key: null, keyDigest: null }),
  );
  const plan = made.map(([claim, terms, , subject = APP]) => ({ subject, claim, terms }));
  return madeUp(cells, { plan: new Map(plan.map((each) => [cellId(each), each])), ...more }).results;
}

const exempt = (more: Partial<NonNullable<Terms['exemptions']>[number]> = {}): Terms => ({
  exemptions: [{ path: 'etc/**', reason: 'r', owner: 'o', expires: '2027-03-31', ...more }],
});
const rung = (name: string): Terms => ({ asked: { rung: name } });
const policy = (name: 'refused' | 'allowed'): Terms => ({ asked: { policy: name } });
const smoke = (more: object = {}): Terms => ({
  asked: { smoke: { run: ['/app'], expect: 'Hello', timeout: 30, environment: {}, writable: [], ...more } },
});
const untouched: Terms = { leftOut: 'untouched' };
const changesOf = (result: GateResult): string[] => result.changes.map(({ change }) => change);

/** What the catalog said, what it says now, and what that is. Verdicts are such that nothing else would stop a merge. */
const CASES: [string, Made, Made | null, string[]][] = [
  ['a claim set to false', ['runs', {}, 'pass'], ['runs', { notClaimed: 'x' }, 'skipped'], ['withdrawn']],
  ['of what failed', ['runs', {}, 'fail'], ['runs', { notClaimed: 'x' }, 'skipped'], ['withdrawn']],
  ['of what could not be checked', ['runs', {}, 'error'], ['runs', { notClaimed: 'x' }], ['withdrawn']],
  [
    'of a subject that nobody touched since',
    ['runs', {}, 'pass'],
    ['runs', { notClaimed: 'x' }],
    ['withdrawn'],
  ],
  ['that the baseline did not look at', ['runs', untouched], ['runs', { notClaimed: 'x' }], ['withdrawn']],
  ['a claim with nothing to check it', ['locked', {}, 'pass'], ['locked', {}, 'skipped'], ['withdrawn']],
  ['a claim taken out', ['runs', {}, 'pass'], ['hermetic', {}, 'pass'], ['withdrawn', 'new']],
  ['a subject taken out', ['runs', {}, 'pass'], ['runs', {}, 'pass', 'b/c@linux/amd64'], ['gone', 'new']],
  [
    'a platform taken out',
    ['runs', {}, 'pass'],
    ['runs', {}, 'pass', 'app/default@linux/arm64'],
    ['gone', 'new'],
  ],
  ['what was never claimed', ['runs', { notClaimed: 'x' }, 'skipped'], null, []],
  [
    'an exemption for what held',
    ['reproducible', {}, 'pass'],
    ['reproducible', exempt(), 'waived'],
    ['exempted'],
  ],
  [
    'an exemption for what failed',
    ['reproducible', {}, 'fail'],
    ['reproducible', exempt(), 'waived'],
    ['exempted'],
  ],
  [
    'an exemption for what is not looked at',
    ['reproducible', {}, 'pass'],
    ['reproducible', { ...exempt(), ...untouched }],
    ['exempted'],
  ],
  [
    'an exemption with more paths',
    ['reproducible', exempt(), 'waived'],
    ['reproducible', exempt({ path: '**' }), 'waived'],
    ['exempted'],
  ],
  [
    'an exemption that lasts longer',
    ['reproducible', exempt(), 'waived'],
    ['reproducible', exempt({ expires: '2027-04-01' }), 'waived'],
    ['exempted'],
  ],
  [
    'an exemption that ends earlier, for another reason',
    ['reproducible', exempt(), 'waived'],
    ['reproducible', exempt({ expires: '2027-03-30', reason: 'other' }), 'waived'],
    [],
  ],
  [
    'an exemption taken out',
    ['reproducible', exempt(), 'waived'],
    ['reproducible', {}, 'pass'],
    ['improvement'],
  ],
  ['a lower rung', ['reproducible', {}, 'pass'], ['reproducible', rung('tree'), 'pass'], ['lowered']],
  [
    'no rung for a high one',
    ['reproducible', rung('manifest'), 'pass'],
    ['reproducible', {}, 'pass'],
    ['lowered'],
  ],
  ['a rung nobody knows', ['reproducible', {}, 'pass'], ['reproducible', rung('x'), 'pass'], ['lowered']],
  ['a higher rung', ['reproducible', {}, 'pass'], ['reproducible', rung('manifest'), 'pass'], []],
  ['the same rung, said', ['reproducible', {}, 'pass'], ['reproducible', rung('config'), 'pass'], []],
  [
    'a laxer policy',
    ['downgrade', policy('refused'), 'pass'],
    ['downgrade', policy('allowed'), 'pass'],
    ['lowered'],
  ],
  [
    'no policy for a strict one',
    ['downgrade', policy('refused'), 'pass'],
    ['downgrade', {}, 'pass'],
    ['lowered'],
  ],
  ['a stricter policy', ['downgrade', {}, 'pass'], ['downgrade', policy('refused'), 'pass'], []],
  ['less of an answer', ['runs', smoke(), 'pass'], ['runs', smoke({ expect: 'H' }), 'pass'], ['lowered']],
  [
    'another question',
    ['runs', smoke(), 'pass'],
    ['runs', smoke({ run: ['echo', 'Hello'] }), 'pass'],
    ['lowered'],
  ],
  ['more of an answer', ['runs', smoke(), 'pass'], ['runs', smoke({ expect: 'Hello 2' }), 'pass'], []],
  [
    'a lower rung and a regression',
    ['reproducible', {}, 'pass'],
    ['reproducible', rung('tree'), 'fail'],
    ['lowered', 'regression'],
  ],
  [
    'a lower rung and an exemption',
    ['reproducible', {}, 'pass'],
    ['reproducible', { ...exempt(), ...rung('tree') }, 'waived'],
    ['exempted', 'lowered'],
  ],
];

test.each(CASES)('%s', (_, before, now, kinds) => {
  const held: Made = ['reproducible', {}, 'pass', 'held/default@linux/amd64'];
  const result = judge(run(now === null ? [held] : [now, held]), run([before, held]), RULES);
  expect(changesOf(result)).toEqual(kinds);
  const stops = kinds.some((kind) => !['improvement', 'new'].includes(kind));
  expect(result).toMatchObject({ exitCode: stops ? 1 : 0, outcome: stops ? 'fail' : 'pass' });
});

test('what is not touched is not gone, and a run of nothing else is no failure', () => {
  const baseline = run([
    ['runs', {}, 'pass'],
    ['reproducible', {}, 'fail'],
  ]);
  const now = run([
    ['runs', untouched],
    ['reproducible', untouched],
  ]);
  const result = judge(now, baseline, RULES);
  expect(result).toMatchObject({ exitCode: 0, outcome: 'pass', changes: [], counts: { untouched: 2 } });
  const wider = run([
    ['runs', untouched],
    ['hermetic', untouched],
    ['reproducible', untouched],
  ]);
  expect(judge(wider, baseline, RULES).notes.join()).toContain('1 of these are not in the baseline either');
});

test('what options left out counts, unless the run was partial on purpose; what is gone counts all the same', () => {
  const baseline = run([
    ['runs', {}, 'pass'],
    ['power-cut', {}, 'pass'],
    ['hermetic', {}, 'pass'],
  ]);
  const now = run([
    ['runs', { leftOut: 'not-selected' }],
    ['power-cut', { leftOut: 'long' }, 'skipped'],
    ['hermetic', {}, 'pass'],
  ]);
  expect(judge(now, baseline, RULES)).toMatchObject({ exitCode: 1, counts: { 'left-out': 2 } });
  const partial = { ...RULES, partial: true };
  expect(judge(now, baseline, partial)).toMatchObject({ exitCode: 0, changes: [] });
  const less = run([['hermetic', {}, 'pass']]);
  expect(judge(less, baseline, partial)).toMatchObject({ exitCode: 1, counts: { withdrawn: 2 } });
});

test('fewer builds and fewer variations are weaker; what the machine cannot do is a note', () => {
  const twins = (count: number, variations: [variation: 'clock' | 'umask', why?: string][]) => {
    const [build] = twinsOf(APP).builds;
    if (build === undefined) throw new Error('no build');
    const environment = variations.map(([variation, notApplied]) => ({
      ...{ variation, value: 'v', markers: [] },
      ...(notApplied === undefined ? {} : { notApplied }),
    }));
    const builds = Array.from({ length: count }, () => ({ ...build, environment }));
    return { twins: new Map([[APP, { ...twinsOf(APP), builds }]]) };
  };
  const cells: Made[] = [['reproducible', {}, 'pass']];
  const baseline = run(cells, twins(3, [['clock'], ['umask']]));
  const result = judge(run(cells, twins(2, [['clock', 'no libfaketime']])), baseline, RULES);
  expect(result).toMatchObject({ exitCode: 1, counts: { weaker: 2 } });
  expect(gateText(result, { color: false })).toMatch(/3 → 2 builds \(block\)\n.*not varied any more: umask/);
  expect(result.notes.join()).toContain('could not vary what was varied for the baseline: clock');
});

test('what is meant is allowed by its kind, its subject and its claim, and nothing else by that', () => {
  const baseline = run([
    ['runs', {}, 'pass'],
    ['hermetic', {}, 'pass'],
    ['runs', {}, 'pass', 'old/default@linux/amd64'],
    ['hermetic', {}, 'pass', 'old/default@linux/amd64'],
  ]);
  const now = run([
    ['runs', { notClaimed: 'x' }, 'skipped'],
    ['hermetic', { notClaimed: 'x' }, 'skipped'],
  ]);
  const ids = [APP, 'old/default@linux/amd64'];
  const allowing = (...texts: string[]) =>
    judge(now, baseline, {
      ...RULES,
      allow: texts.map((text) => parseAllowance(text, (id) => ids.includes(id))),
    });
  const both = [`withdrawn:${APP}/runs`, `withdrawn:${APP}/hermetic`];
  const whole = 'gone:old/default@linux/amd64';
  expect(allowing(...both, whole)).toMatchObject({ exitCode: 0, outcome: 'pass' });
  expect(allowing(...both.slice(1), whole)).toMatchObject({ exitCode: 1 });
  expect(allowing(...both, `${whole}/runs`)).toMatchObject({ exitCode: 1 });
  expect(allowing(`lowered:${APP}/runs`).notes).toContain(
    `--allow lowered:${APP}/runs allows nothing: take it out`,
  );
  const text = gateText(allowing(...both), { color: false });
  expect(text).toMatch(/^Withdrawn/);
  expect(text).toContain(`${APP} runs: pass → skipped (allowed)`);
  expect(text).toContain('--allow gone:old/default@linux/amd64/runs');
});

test.each([
  'withdrawn',
  `withdrawn:${APP}`,
  `withdrwn:${APP}/runs`,
  `regression:${APP}/runs`,
  'withdrawn:ap/default@linux/amd64/runs',
  `withdrawn:${APP}/`,
  'gone:*',
  '',
  ':',
])('--allow "%s" names no change', (text) => {
  expect(() => parseAllowance(text, (id) => id === APP)).toThrow('names no change');
});
