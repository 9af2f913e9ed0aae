import { describe, expect, it } from 'vitest';
import type { Deployment } from '../families/types.ts';
import { type Glance, type Rollback, previousOf, previousFaults } from './previous.ts';

const one = (name: string, more: Partial<Deployment> = {}): Deployment => ({
  name,
  image: null,
  booted: false,
  staged: false,
  ...more,
});

describe('the previous release on a disk', () => {
  it('is offered after what runs', () => {
    expect(previousOf([one('new', { booted: true }), one('old'), one('pinned')]).name).toBe('old');
  });

  it.each([
    ['one release', [one('new', { booted: true })], 'no previous release'],
    ['nothing', [], 'no previous release'],
    [
      'an update that is staged',
      [one('next', { staged: true }), one('new', { booted: true })],
      'an update was begun',
    ],
  ])('is none where there is %s', (_what, listed, reason) => {
    expect(() => previousOf(listed)).toThrow(reason);
  });
});

const BEFORE: Glance = { running: 'new', state: 'running', inVar: 'mark', inEtc: 'mark' };
const OLD: Glance = { running: 'old', state: 'running', inVar: 'mark', inEtc: '' };
const way = (changes: Partial<Rollback['back']> = {}): Rollback => ({
  before: BEFORE,
  previous: 'old',
  back: { how: '', picked: OLD, refused: null, kept: OLD, unreachable: null, ...changes },
});

describe('a rollback', () => {
  it('that leads to the previous release and stays there is none to complain of', () => {
    expect(previousFaults(way())).toEqual([]);
  });

  it.each<[string, Partial<Rollback['back']>, string]>([
    ['leads to nothing', { picked: null, unreachable: 'no answer' }, 'does not start: no answer'],
    ['is refused', { picked: null, refused: 'no rollback' }, 'does not start: no rollback'],
    ['cannot be kept', { kept: null, refused: 'read-only' }, 'it cannot be kept: read-only'],
    ['ends at the next start', { kept: null, unreachable: 'panic' }, 'it did not start again: panic'],
    ['leads nowhere else', { picked: { ...OLD, running: 'new' } }, 'at first: it says that it runs new'],
    ['does not stay', { kept: { ...OLD, running: 'new' } }, 'then: it says that it runs new'],
    ['breaks units', { kept: { ...OLD, state: 'degraded' } }, 'then: systemd says degraded'],
    ['loses state', { kept: { ...OLD, inVar: '' } }, 'then: /var/lib/before-way-back is lost'],
    ['mixes settings', { picked: { ...OLD, inEtc: 'mark' } }, 'of the other system is there'],
  ])('is at fault when it %s', (_what, changes, reason) => {
    const faults = previousFaults(way(changes));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(reason);
  });
});
