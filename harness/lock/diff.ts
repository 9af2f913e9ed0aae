import type { Lock, LockedPackage } from './types.ts';
import { fileNameOf } from './url.ts';

/** `rebuilt`: same version, other bytes; `moved`: same bytes, other URL. */
export const LOCK_CHANGES = ['added', 'removed', 'upgraded', 'downgraded', 'rebuilt', 'moved'] as const;

export interface LockChange {
  arch: string;
  name: string;
  change: (typeof LOCK_CHANGES)[number];
  /** Versions; several are joined by a comma; null where there was none, empty where the lock does not say it. */
  from: string | null;
  to: string | null;
}

type Versions = Pick<Lock, 'arches'>;
type Compare = (a: string, b: string) => number;

/**
 * What differs between two locks, sorted by architecture and name.
 * @param compare order of versions: Debian's or RPM's, by the kind of the lock
 */
export function diffLocks(before: Versions | null, after: Versions, compare: Compare): LockChange[] {
  const old = byKey(before);
  const now = byKey(after);
  const keys = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  return keys.flatMap((key) => {
    const [arch = '', name = ''] = key.split(' ');
    const change = changeOf(old.get(key) ?? [], now.get(key) ?? [], compare);
    return change === null ? [] : [{ arch, name, ...change }];
  });
}

function byKey(lock: Versions | null): Map<string, LockedPackage[]> {
  const map = new Map<string, LockedPackage[]>();
  for (const { arch, packages } of lock?.arches ?? []) {
    for (const entry of packages) {
      const key = `${arch} ${entry.name ?? fileNameOf(entry.url) ?? entry.url}`;
      map.set(key, [...(map.get(key) ?? []), entry]);
    }
  }
  return map;
}

function changeOf(
  before: LockedPackage[],
  after: LockedPackage[],
  compare: Compare,
): Omit<LockChange, 'arch' | 'name'> | null {
  const join = (list: LockedPackage[], keyOf: (entry: LockedPackage) => string): string =>
    list.map(keyOf).toSorted(compare).join(', ');
  const evr = (entry: LockedPackage): string => entry.evr ?? '';
  const from = before.length === 0 ? null : join(before, evr);
  const to = after.length === 0 ? null : join(after, evr);
  if (from === null || to === null) return { change: from === null ? 'added' : 'removed', from, to };
  if (from !== to) return { change: isUpgrade(before, after, compare) ? 'upgraded' : 'downgraded', from, to };
  const same = (keyOf: (entry: LockedPackage) => string): boolean =>
    JSON.stringify(before.map(keyOf).toSorted()) === JSON.stringify(after.map(keyOf).toSorted());
  // A checksum that was not there before says nothing about the bytes.
  const known = [...before, ...after].every(({ checksum }) => checksum !== undefined);
  if (known && !same(({ checksum }) => checksum ?? '')) return { change: 'rebuilt', from, to };
  return same(({ url }) => url) ? null : { change: 'moved', from, to };
}

/** Judged by the highest version on either side. */
function isUpgrade(before: LockedPackage[], after: LockedPackage[], compare: Compare): boolean {
  const highest = (list: LockedPackage[]): string =>
    list
      .map(({ evr = '' }) => evr)
      .toSorted(compare)
      .at(-1) ?? '';
  return compare(highest(before), highest(after)) <= 0;
}
