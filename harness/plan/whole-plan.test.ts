import { expect, test } from 'vitest';
import type { Exemption } from '../catalog/types.ts';
import { testCatalog, testSubject } from '../testing/plan/subject.ts';
import type { Cell } from './types.ts';
import { wholePlan } from './whole-plan.ts';
import { TEST_CLAIMS } from '../testing/catalog/claims.ts';

const exemption: Exemption = {
  ...{ claim: 'reproducible', path: 'etc/**' },
  ...{ reason: 'r', owner: 'o', expires: '2027-03-31' },
};
const smoke = { run: ['x'], expect: 'y', timeout: 1, environment: {}, writable: [] };

const app = testSubject('app', {
  claims: {
    reproducible: { made: true, rung: 'tree' },
    hermetic: { made: false, reason: 'it asks for the time' },
    locked: { made: true },
    runs: { made: true },
    'power-cut': { made: true },
  },
  exemptions: [exemption],
  smoke,
});
const claims = TEST_CLAIMS.with({ id: 'power-cut', statement: 's', passes: 'p' });
const bare = testSubject('bare', { claims: { runs: { made: true } } });
const catalog = testCatalog([app, bare]);
const cell = (claim: string): Cell => ({ subject: app, claim, skipped: null });

test('names every claim with what is asked, and why what is left out is', () => {
  const plan = wholePlan(catalog, {
    cells: ['reproducible', 'hermetic', 'locked', 'power-cut'].map(cell),
    untouched: new Set(),
    long: ['power-cut'],
    claims,
  });
  const { claim, ...bareExemption } = exemption;
  expect(claim).toBe('reproducible');
  expect(plan).toEqual([
    {
      subject: app.id,
      claims: {
        reproducible: { asked: { rung: 'tree' }, exemptions: [bareExemption] },
        hermetic: { notClaimed: 'it asks for the time' },
        locked: { notClaimed: 'the catalog names no lock for it' },
        runs: { asked: { smoke }, leftOut: 'not-selected' },
        'power-cut': { leftOut: 'long' },
      },
    },
    { subject: bare.id, claims: { runs: { notClaimed: 'the catalog says nothing to ask it' } } },
  ]);
});

test('what no input of changed is untouched, whatever else was selected', () => {
  const plan = wholePlan(catalog, { cells: [], untouched: new Set([app.id]), long: ['power-cut'], claims });
  const reasons = Object.values(plan[0]?.claims ?? {}).map(({ leftOut }) => leftOut);
  expect(reasons).toEqual(['untouched', undefined, undefined, 'untouched', 'untouched']);
});
