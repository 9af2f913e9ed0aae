import { describe, expect, it } from 'vitest';
import type { Exemption } from '../catalog/types.ts';
import { waive } from './exemptions.ts';
import type { Failure, Finding } from './types.ts';

const allowed = (more: Partial<Exemption>): Exemption => ({
  claim: 'reproducible',
  reason: 'upstream 123',
  owner: 'team@example.org',
  expires: '2027-03-31',
  ...more,
});
const finding = (verdict: 'pass' | 'fail', ...failures: Failure[]): Finding & { failures?: Failure[] } => ({
  verdict,
  summary: 'differs',
  detail: {},
  evidence: [],
  ...(failures.length === 0 ? {} : { failures }),
});
const log: Failure = { place: 'var/log/app/x.log', causes: ['log-file'] };
const both: Failure = { place: 'etc/x', causes: ['hostname', 'timestamp-content'] };
const unlisted: Failure = { place: '', causes: [] };

const CASES: [string, ReturnType<typeof finding>, Exemption[], string, RegExp][] = [
  [
    'by path',
    finding('fail', log),
    [allowed({ path: 'var/log/**' })],
    'waived',
    /^waived \(var\/log\/\*\* until 2027-03-31, team/,
  ],
  ['by cause', finding('fail', log), [allowed({ cause: 'log-file' })], 'waived', /upstream 123/],
  ['a star stops at a slash', finding('fail', log), [allowed({ path: 'var/log/*' })], 'fail', /not needed/],
  ['dots are dots', finding('fail', log), [allowed({ path: 'var/log/app/x?log' })], 'waived', /./],
  [
    'dots are no wildcards',
    finding('fail', log),
    [allowed({ path: 'var.log.app.x.log' })],
    'fail',
    /not needed/,
  ],
  [
    'one of two causes',
    finding('fail', both),
    [allowed({ cause: 'hostname' })],
    'fail',
    /1 of 1 differences are not covered/,
  ],
  [
    'both causes',
    finding('fail', both),
    [allowed({ cause: 'hostname' }), allowed({ cause: 'timestamp-content' })],
    'waived',
    /./,
  ],
  [
    'one of two paths',
    finding('fail', log, both),
    [allowed({ cause: 'log-file' })],
    'fail',
    /1 of 2 differences/,
  ],
  [
    'what is not listed',
    finding('fail', log, unlisted),
    [allowed({ path: '**' })],
    'fail',
    /1 of 2 differences/,
  ],
  [
    'expired',
    finding('fail', log),
    [allowed({ path: '**', expires: '2026-11-23' })],
    'fail',
    /expired on 2026-11-23/,
  ],
  ['on its last day', finding('fail', log), [allowed({ path: '**', expires: '2026-11-24' })], 'waived', /./],
  ['not needed any more', finding('pass'), [allowed({ path: '**' })], 'fail', /not needed/],
  [
    'one too many',
    finding('fail', log),
    [allowed({ path: '**' }), allowed({ cause: 'cpu' })],
    'fail',
    /cpu is not needed/,
  ],
  ['another claim', finding('fail', log), [allowed({ claim: 'locked' })], 'fail', /^differs$/],
  ['none', finding('pass'), [], 'pass', /^differs$/],
];

describe('exemptions', () => {
  it.each(CASES)('%s', (...[, found, exemptions, verdict, summary]) => {
    const result = waive(found, 'reproducible', { exemptions, today: '2026-11-24' });
    expect(result.verdict).toBe(verdict);
    expect(result.summary).toMatch(summary);
    expect(result).not.toHaveProperty('failures');
  });

  it('covers a claim without parts as a whole, and counts', () => {
    const exemptions = [allowed({ claim: 'hermetic' })];
    const result = waive(finding('fail'), 'hermetic', { exemptions, today: '2026-11-24' });
    expect(result).toMatchObject({ verdict: 'waived', detail: { exemptions: [{ covers: 1 }] } });
  });

  it('leaves alone what could not be decided', () => {
    const error = { code: 'timeout', message: 'slow' } as const;
    const undecided: Finding = { verdict: 'error', error, summary: 's', detail: {}, evidence: [] };
    expect(
      waive(undecided, 'reproducible', { exemptions: [allowed({ path: '**' })], today: '2026-11-24' }),
    ).toEqual(undecided);
  });
});
