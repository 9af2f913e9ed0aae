import { relative } from 'node:path';
import type { LockChange } from '../lock/diff.ts';
import type { RefreshedLock } from './refresh-locks.ts';

const KINDS: LockChange['change'][] = ['added', 'removed', 'upgraded', 'downgraded', 'rebuilt', 'moved'];

/** What changed, for people: a line a lock, then a line a package. */
export function lockText(locks: RefreshedLock[]): string {
  return locks.map(oneLock).join('');
}

function oneLock({ path, created, changed, changes, warnings }: RefreshedLock): string {
  const counts = KINDS.map((kind) => ({
    kind,
    count: changes.filter(({ change }) => change === kind).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`);
  const summary = changed ? counts.join(', ') || 'written anew, same packages' : 'up to date';
  const notes = warnings.map((warning) => `  ! ${warning}\n`);
  const name = relative(process.cwd(), path);
  if (created) return `${name}: new, ${changes.length} packages\n${notes.join('')}`;
  return `${name}: ${summary}\n${changes.map(oneChange).join('')}${notes.join('')}`;
}

function oneChange({ arch, name, change, from, to }: LockChange): string {
  const versions = from === null ? to : to === null || from === to ? from : `${from} -> ${to}`;
  return `  ${change.padEnd(10)} ${name} ${versions ?? ''} (${arch})\n`;
}

export function failureText(failed: number, all: number): string {
  return `${failed} of ${all} locks could not be resolved; nothing was written\n`;
}
