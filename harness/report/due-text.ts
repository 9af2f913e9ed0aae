import type { LockChange } from '../lock/diff.ts';
import { escapeMarkdown } from './escape-markdown.ts';

/** Of one lock that was resolved anew. */
interface Resolved {
  /** How people name it. */
  name: string;
  changes: readonly LockChange[];
}

/** What makes a rebuild due: strictly newer versions. */
export const dueChanges = (changes: readonly LockChange[]): LockChange[] =>
  changes.filter(({ change }) => change === 'upgraded');

const MOST_LISTED = 200;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Which locks have packages with newer versions, as a comment on a merge request: GitHub's and GitLab's Markdown. */
export function dueText(locks: readonly Resolved[]): string {
  const due = locks.flatMap(({ name, changes }) =>
    dueChanges(changes).map((change) => ({ lock: name, ...change })),
  );
  if (due.length === 0) return `**No rebuild is due**: ${counted(locks.length, 'lock')} looked at\n`;
  const packages = new Set(due.map(({ name }) => name)).size;
  const files = new Set(due.map(({ lock }) => lock)).size;
  const rows = due
    .slice(0, MOST_LISTED)
    .map(
      ({ lock, name, arch, from, to }) =>
        `| ${[lock, name, arch, from ?? '', to ?? ''].map(escapeMarkdown).join(' | ')} |`,
    );
  return [
    `**A rebuild is due**: newer versions of ${counted(packages, 'package')}, for ${files} of ${counted(locks.length, 'lock')}`,
    '',
    '| lock | package | architecture | locked | newest |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...(due.length > MOST_LISTED ? ['', `and ${due.length - MOST_LISTED} more`] : []),
    '',
  ].join('\n');
}
