import { describe, expect, test } from 'vitest';
import { type Downgrade, type Expected, downgradeFaults } from './downgrade.ts';

const BEFORE = { from: 'v2', older: 'v1', state: 'running', tooOld: /is older/ };
const REFUSED: Downgrade = { refused: 'v1 is older', running: 'v2', deployments: ['v2'], started: null };
const TAKEN: Downgrade = {
  refused: null,
  running: 'v2',
  deployments: ['v1', 'v2'],
  started: { running: 'v1', state: 'running', reason: null },
};

describe.each<[Expected['policy'], Downgrade, [string, Partial<Downgrade>, RegExp][]]>([
  [
    'refused',
    REFUSED,
    [
      ['is taken', { refused: null }, /an older release was taken/],
      ['is refused for another reason', { refused: 'no space left' }, /not for its age: no space left/],
      ['can be started', { deployments: ['v1', 'v2'] }, /other systems to start/],
    ],
  ],
  [
    'allowed',
    TAKEN,
    [
      ['is refused', { refused: 'v1 is older', started: null }, /was refused: v1 is older/],
      ['does not start', { started: { running: '', state: null, reason: 'panic' } }, /not start: panic/],
      ['does not run', { started: { running: 'v2', state: 'running', reason: null } }, /runs v2/],
      ['runs badly', { started: { running: 'v1', state: 'degraded', reason: null } }, /says degraded/],
    ],
  ],
])('an older release that is to be %s', (policy, good, cases) => {
  const expected = { ...BEFORE, policy };

  test('has no faults then', () => {
    expect(downgradeFaults(good, expected)).toEqual([]);
  });

  test.each(cases)('is at fault when it %s', (_what, change, reason) => {
    const faults = downgradeFaults({ ...good, ...change }, expected);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(reason);
  });
});
