import { expect, test } from 'vitest';
import type { CellResult, Twins } from '../record/events.ts';
import { cellId, type Run } from '../record/reader.ts';
import { cell, DIGEST, footer, header, planned } from '../testing/record/run.ts';
import { readPredicate, VULNS } from './predicates.ts';
import { type Statement, statementsOf } from './statements.ts';

const finding = (id: string, more: object = {}) => ({
  ...{ id, package: 'openssl', version: '1', severity: 'high', fixedIn: '2', hasFix: true, ...more },
});
const DETAIL = {
  ...{ distribution: 'Debian:12', advisories: 3, newest: '2026-11-20T00:00:00.000Z', asOf: null },
  ...{ vulnerabilities: [finding('CVE-1')], tolerated: [finding('CVE-2')], notLookedAt: [] },
  excused: [finding('CVE-3', { statement: 'a.json#/statements/0', why: 'component_not_present' })],
};

function stated(found: Partial<CellResult>, more: Partial<Run> = {}): Statement[] {
  const one = cell('a', found.verdict ?? 'fail', { claim: 'vulnerabilities', detail: DETAIL, ...found });
  const build = { twin: 'A', manifest: `sha256:${'a'.repeat(64)}`, config: null };
  const twins = {
    ...{ type: 'twins', subject: 'a', builder: { name: 'b', digest: DIGEST }, sourceDateEpoch: 1 },
    builds: [{ ...build, manifest: null, twin: '0' }, build],
  } as unknown as Twins;
  const run = {
    ...{ folder: '', file: '', header: header(planned([one])), footer: footer([one]), notes: [] },
    ...{ cells: new Map([[cellId(one), one]]), twins: new Map([['a', twins]]), ...more },
  };
  return statementsOf(run, DIGEST)
    .map(({ statement }) => statement)
    .filter(({ predicateType }) => predicateType === VULNS);
}

test('what was found is stated of the image that was looked at, with what does not count', () => {
  const [statement] = stated({});
  expect(statement).toMatchObject({
    subject: [{ name: 'a twin A', digest: { sha256: 'a'.repeat(64) } }],
    predicate: {
      scanner: {
        db: { lastUpdate: '2026-11-20T00:00:00.000Z' },
        result: [
          { id: 'CVE-1', annotations: [{ package: 'openssl', fixedIn: '2', counts: true }] },
          { id: 'CVE-2', annotations: [{ counts: false }] },
          { id: 'CVE-3', annotations: [{ counts: false, statement: 'a.json#/statements/0' }] },
        ],
      },
      metadata: { scanStartedOn: '2026-01-01T00:00:00.000Z', scanFinishedOn: '2026-01-01T00:01:00.000Z' },
    },
  });
  expect(readPredicate(VULNS, statement?.predicate)).toEqual({ said: ['3 vulnerabilities'] });
  expect(stated({ verdict: 'pass', detail: { ...DETAIL, vulnerabilities: [] } })).toHaveLength(1);
});

test.each<[what: string, found: Partial<CellResult>, more?: Partial<Run>]>([
  ['was not decided', { verdict: 'error' }],
  ['was cut off', { detail: { ...DETAIL, tolerated: Array.from({ length: 1000 }, () => finding('CVE-2')) } }],
  ['passed over languages', { detail: { ...DETAIL, notLookedAt: [{ ecosystem: 'npm' }] } }],
  ['has no details', { detail: {} }],
  ['belongs to a run that did not end', {}, { footer: null }],
  ['belongs to no image', {}, { twins: new Map() }],
])('nothing is stated of what %s', (_, found, more) => {
  expect(stated(found, more)).toEqual([]);
});
