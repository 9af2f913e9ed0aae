import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { askable, type Askable } from './address.ts';
import { checkedOut } from './checked-out.ts';
import { followed } from './moved.ts';
import { ownGit } from './remote-git.ts';
import { type Submodule, fetchSubmodules } from './submodules.ts';
import { type Checkout, type NoSource, refNames } from './types.ts';

export interface Wanted {
  repository: string;
  /** In full. */
  commit: string;
}

export interface CloneOptions {
  /** A folder of this clone alone, empty. */
  folder: string;
  /** Whether it may be asked for in a private network. */
  privateAllowed: boolean;
}

const HEADS = '+refs/heads/*:refs/heads/*';
const TAGS = '+refs/tags/*:refs/tags/*';

/**
 * Clones a repository at one commit, which must be on one of its branches or tags: servers also give out commits that
 * somebody else pushed to a fork or a merge request, under the same address.
 */
export async function cloneSource(
  { repository, commit }: Wanted,
  { folder, privateAllowed }: CloneOptions,
): Promise<Checkout | NoSource> {
  const named = await askable(repository, { privateAllowed });
  const place = 'refused' in named ? named : await followed(named, { privateAllowed });
  if ('refused' in place) return { kind: 'unavailable', message: place.refused };
  const history = join(folder, 'history.git');
  const fetched = await fetchHistory(history, place);
  if (fetched !== null) return { kind: 'unavailable', message: `${repository}: ${fetched}` };
  if (!(await isOnSome(history, commit)))
    return { kind: 'absent', message: `no branch or tag of ${repository} has the commit ${commit}` };
  const bare = join(folder, 'source.git');
  const fault = await fetchCommit(bare, commit, place);
  if (fault !== null) return { kind: 'unavailable', message: `${repository}: ${fault}` };
  const whole = { commit, repository: place.url.href };
  const faults = await fetchSubmodules(bare, whole, (one) => fetchSubmodule(bare, one, { privateAllowed }));
  const out = await checkedOut(bare, commit, join(folder, 'source'), faults);
  if ('fault' in out) return { kind: 'unavailable', message: `${repository}: ${out.fault}` };
  return {
    ...out,
    from: repository,
    isClone: true,
    changes: [],
    isOn: (ref) => isOn(history, commit, ref),
  };
}

/** All branches and tags with their commits, without files where the server can leave them out. */
async function fetchHistory(folder: string, place: Askable): Promise<string | null> {
  await mkdir(folder, { recursive: true });
  return firstFault([
    () => ownGit(folder, ['init', '--bare', '--quiet']),
    () => ownGit(folder, ['remote', 'add', 'origin', place.url.href]),
    () => ownGit(folder, ['fetch', '--quiet', '--no-tags', '--filter=tree:0', 'origin', HEADS, TAGS], place),
  ]);
}

/** The commit with its files, and nothing of what came before it where the server can leave that out. */
async function fetchCommit(folder: string, commit: string, place: Askable): Promise<string | null> {
  await mkdir(folder, { recursive: true });
  const fetch = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head'];
  return firstFault([
    () => ownGit(folder, ['init', '--bare', '--quiet']),
    async () => {
      const alone = await ownGit(folder, [...fetch, '--depth=1', place.url.href, commit], place);
      return 'output' in alone ? alone : ownGit(folder, [...fetch, place.url.href, HEADS, TAGS], place);
    },
  ]);
}

/** Where it comes from is looked at like the source itself; which commit it is, the commit of the source says. */
async function fetchSubmodule(
  bare: string,
  { commit, repository }: Submodule,
  options: { privateAllowed: boolean },
): Promise<string | null> {
  if (repository === null) return 'no .gitmodules says where it comes from';
  const named = await askable(repository, options);
  const place = 'refused' in named ? named : await followed(named, options);
  if ('refused' in place) return place.refused;
  const fault = await fetchCommit(bare, commit, place);
  return fault === null ? null : `${repository}: ${fault}`;
}

async function firstFault(steps: readonly (() => ReturnType<typeof ownGit>)[]): Promise<string | null> {
  for (const step of steps) {
    const answer = await step();
    if ('fault' in answer) return answer.fault;
  }
  return null;
}

async function isOnSome(history: string, commit: string): Promise<boolean> {
  const words = ['for-each-ref', '--count=1', '--format=%(refname)', `--contains=${commit}`];
  const found = await ownGit(history, words);
  return 'output' in found && found.output.trim() !== '';
}

/** Whether the branch or tag has the commit; false too where there is none of that name. */
async function isOn(history: string, commit: string, ref: string): Promise<boolean> {
  for (const name of refNames(ref)) {
    const there = await ownGit(history, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${name}^{commit}`,
    ]);
    if ('fault' in there) continue;
    const words = ['merge-base', '--is-ancestor', commit, there.output.trim()];
    if ('output' in (await ownGit(history, words))) return true;
  }
  return false;
}
