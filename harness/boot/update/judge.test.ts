import { describe, expect, test } from 'vitest';
import { rollbackFaults, updateFaults } from './judge.ts';
import type { EtcFile, FileChange } from './plan.ts';
import type { RolledBack } from './rollback.ts';
import { type Moment, type Updated, ETC_AFTER, VAR_AFTER, VAR_BEFORE } from './scenario.ts';

const usr: FileChange[] = [
  { path: '/usr/changed', before: 'old', after: 'new' },
  { path: '/usr/removed', before: 'old', after: null },
  { path: '/usr/added', before: null, after: 'new' },
];
const etc: EtcFile[] = [
  { who: 'image', path: '/etc/image', before: 'old', after: 'new' },
  { who: 'user', path: '/etc/user', before: 'old', after: 'old' },
  { who: 'both', path: '/etc/both', before: 'old', after: 'new' },
  { who: 'removed-by-user', path: '/etc/removed', before: 'old', after: 'old' },
  { who: 'added-by-user', path: '/etc/added', before: null, after: null },
];
const kernel = { before: ['quiet', 'old=1'], after: ['quiet', 'new=1'] };
const release = { from: 'v1', to: 'v2', usr, etc, kernel };

const BEFORE = {
  '/usr/changed': 'old',
  '/usr/removed': 'old',
  '/usr/added': null,
  '/etc/image': 'old',
  '/etc/user': 'mine',
  '/etc/both': 'mine',
  '/etc/removed': null,
  '/etc/added': 'mine',
  [VAR_BEFORE]: 'mine',
  [VAR_AFTER]: null,
  [ETC_AFTER]: null,
};
const AFTER = {
  ...BEFORE,
  '/usr/changed': 'new',
  '/usr/removed': null,
  '/usr/added': 'new',
  '/etc/image': 'new',
};
const BACK = { ...BEFORE, [VAR_AFTER]: 'mine' };

type Files = Record<string, string | null>;

function moment(running: string, deployments: string[], files: Files): Moment {
  const identity = { machineId: 'm', hostKeys: '', fileSystems: 'f' };
  const command = ['ro', ...kernel.before];
  return {
    ...{ running, deployments, files: new Map(Object.entries(files)), identity },
    ...{ arguments: command, state: 'running' },
  };
}

/** As above, once the new release was started. */
const later = (...args: Parameters<typeof moment>): Moment => ({
  ...moment(...args),
  arguments: ['ro', ...kernel.after],
});

function updated(changes: { staged?: Files; after?: Files } = {}): Updated {
  return {
    before: moment('v1', ['v1'], BEFORE),
    written: 'mine',
    refused: null,
    staged: moment('v1', ['v2', 'v1'], { ...BEFORE, ...changes.staged }),
    unreachable: null,
    after: later('v2', ['v2', 'v1'], { ...AFTER, ...changes.after }),
  };
}

function back(changes: { picked?: Files; kept?: Files } = {}): RolledBack<Moment> {
  return {
    how: '',
    picked: moment('v1', ['v2', 'v1'], { ...BACK, ...changes.picked }),
    refused: null,
    kept: moment('v1', ['v1'], { ...BACK, ...changes.kept }),
    unreachable: null,
  };
}

describe('an update', () => {
  test('that went as it must has no faults', () => {
    expect(updateFaults(updated(), release)).toEqual([]);
  });

  test.each<[string, Files, RegExp]>([
    ['a changed file is the old one', { '/usr/changed': 'old' }, /\/usr\/changed is not the new one/],
    ['a removed file is there', { '/usr/removed': 'old' }, /\/usr\/removed is not/],
    ['an added file is not there', { '/usr/added': null }, /\/usr\/added is not/],
    ['a default is not renewed', { '/etc/image': 'old' }, /\/etc\/image, changed by the image only/],
    ["the user's change is lost", { '/etc/user': 'old' }, /\/etc\/user, changed by the user/],
    ['the image wins over the user', { '/etc/both': 'new' }, /\/etc\/both, changed by both/],
    ['a removed default is back', { '/etc/removed': 'old' }, /\/etc\/removed, removed by the user, is back/],
    ['an added file is lost', { '/etc/added': null }, /\/etc\/added, added by the user/],
    ['/var is lost', { [VAR_BEFORE]: null }, /before-update is lost/],
  ])('is at fault when %s', (_what, after, reason) => {
    const faults = updateFaults(updated({ after }), release);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(reason);
  });

  test.each<[string, Partial<Updated>, RegExp]>([
    ['another image runs before it', { before: moment('v0', ['v0'], BEFORE) }, /runs v0/],
    ['it is refused', { refused: 'no space', staged: null, after: null }, /not taken: no space/],
    ['nothing is staged', { staged: moment('v1', ['v1'], BEFORE) }, /not among those to start/],
    ['staging switches over', { staged: moment('v2', ['v2', 'v1'], BEFORE) }, /staging changed what runs/],
    [
      'the system does not come up',
      { after: null, unreachable: 'no answer' },
      /did not start again: no answer/,
    ],
    ['the old image runs', { after: later('v1', ['v2', 'v1'], AFTER) }, /runs v1/],
    ['nothing is named', { after: later('', ['v2', 'v1'], AFTER) }, /runs nothing/],
    ['units fail', { after: { ...later('v2', ['v2', 'v1'], AFTER), state: 'degraded' } }, /says degraded/],
  ])('is at fault when %s', (_what, change, reason) => {
    const faults = updateFaults({ ...updated(), ...change }, release);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(reason);
  });

  test('is at fault when the kernel is told what it was told before', () => {
    const after = moment('v2', ['v2', 'v1'], AFTER);
    expect(updateFaults({ ...updated(), after }, release)).toEqual([
      'the kernel did not get new=1',
      'the kernel got old=1, of the other image',
    ]);
    expect(updateFaults({ ...updated(), after }, { ...release, kernel: null })).toEqual([]);
  });

  test('is at fault when staging touches the running system', () => {
    expect(updateFaults(updated({ staged: { '/etc/image': 'new' } }), release)).toEqual([
      'staging changed /etc/image in the running system',
    ]);
  });

  test("does not take for the image's what the system itself had changed", () => {
    const own = { '/etc/image': 'own' };
    const moments = updated({ staged: own, after: own });
    const before = moment('v1', ['v1'], { ...BEFORE, ...own });
    expect(updateFaults({ ...moments, before }, release)).toEqual([]);
  });
});

describe('a rollback', () => {
  test('that went as it must has no faults', () => {
    expect(rollbackFaults(back(), updated(), release)).toEqual([]);
  });

  test.each<[string, Files, RegExp]>([
    ['a file is the newer one', { '/usr/changed': 'new' }, /\/usr\/changed is not as it was/],
    ['/etc is the newer one', { '/etc/image': 'new' }, /\/etc\/image is not as it was/],
    ["the user's change is lost", { '/etc/user': 'old' }, /\/etc\/user is not as it was/],
    ['/var is as before the update', { [VAR_AFTER]: null }, /after-update is lost/],
    ['/etc is shared', { [ETC_AFTER]: 'mine' }, /after-update\.conf of the other system/],
  ])('is at fault when %s', (_what, files, reason) => {
    for (const moments of [{ picked: files }, { kept: files }]) {
      const faults = rollbackFaults(back(moments), updated(), release);
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(reason);
    }
  });

  test.each<[string, Partial<RolledBack<Moment>>, RegExp]>([
    [
      'there is no entry',
      { picked: null, kept: null, refused: 'there is no second entry' },
      /no second entry/,
    ],
    ['the old system does not start', { picked: null, kept: null, unreachable: 'no answer' }, /no answer/],
    ['it cannot be kept', { kept: null, refused: 'read-only' }, /cannot be kept: read-only/],
    ['the new system is back', { kept: moment('v2', ['v2'], BACK) }, /kept: it says that it runs v2/],
    ['it does not start again', { kept: null, unreachable: 'no answer' }, /did not start again/],
  ])('is at fault when %s', (_what, change, reason) => {
    const faults = rollbackFaults({ ...back(), ...change }, updated(), release);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(reason);
  });

  test('is at fault when the kernel is told what the newer image wants', () => {
    const picked = later('v1', ['v2', 'v1'], BACK);
    expect(rollbackFaults({ ...back(), picked }, updated(), release)).toEqual([
      'picked: the kernel did not get old=1',
      'picked: the kernel got new=1, of the other image',
    ]);
  });

  test('is at fault when the update removed the old system', () => {
    const moments = { ...updated(), after: later('v2', ['v2'], AFTER) };
    expect(rollbackFaults(back(), moments, release)).toEqual(['the previous system was not kept']);
  });
});
