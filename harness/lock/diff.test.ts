import { describe, expect, it } from 'vitest';
import { diffLocks } from './diff.ts';
import type { LockedPackage } from './types.ts';

const entry = (name: string, evr: string, extra: Partial<LockedPackage> = {}): LockedPackage => ({
  url: `https://a.example/${name}_${evr}.deb`,
  repoid: 'r',
  size: 1,
  checksum: `sha256:${name}${evr}`,
  name,
  evr,
  ...extra,
});
const lock = (...packages: LockedPackage[]): Parameters<typeof diffLocks>[1] => ({
  arches: [{ arch: 'amd64', packages, source: [], moduleMetadata: [] }],
});
const compare = (a: string, b: string): number => Number(a) - Number(b);

describe('diffLocks', () => {
  it('names every kind of change, sorted', () => {
    const before = lock(
      entry('up', '9'),
      entry('down', '2'),
      entry('same', '1'),
      entry('gone', '1'),
      entry('rebuilt', '1'),
      entry('moved', '1'),
    );
    const after = lock(
      entry('up', '10'),
      entry('down', '1'),
      entry('same', '1'),
      entry('new', '1'),
      entry('rebuilt', '1', { checksum: 'sha256:other' }),
      entry('moved', '1', { url: 'https://b.example/moved.deb' }),
    );
    expect(diffLocks(before, after, compare).map((c) => [c.name, c.change, c.from, c.to])).toEqual([
      ['down', 'downgraded', '2', '1'],
      ['gone', 'removed', '1', null],
      ['moved', 'moved', '1', '1'],
      ['new', 'added', null, '1'],
      ['rebuilt', 'rebuilt', '1', '1'],
      ['up', 'upgraded', '9', '10'],
    ]);
  });

  it('handles several versions of one name, and no lock before', () => {
    const before = lock(entry('kernel', '1'), entry('kernel', '2'));
    const after = lock(entry('kernel', '3'), entry('kernel', '2'));
    expect(diffLocks(before, after, compare)).toEqual([
      { arch: 'amd64', name: 'kernel', change: 'upgraded', from: '1, 2', to: '2, 3' },
    ]);
    expect(diffLocks(null, before, compare)).toHaveLength(1);
    expect(diffLocks(before, before, compare)).toEqual([]);
  });
});
