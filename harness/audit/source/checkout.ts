import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { git } from '../../catalog/git.ts';
import { TwinproofError } from '../../errors.ts';
import { checkedOut } from './checked-out.ts';
import { ownGit } from './remote-git.ts';
import { fetchSubmodules } from './submodules.ts';
import { type Checkout, refNames } from './types.ts';

/**
 * A checkout that the user gave. Its commit is taken out of it: what git ignores lies in the folder and is no source.
 * @param scratch a folder of this checkout alone
 * @throws TwinproofError usage for what is no checkout
 */
export async function readCheckout(given: string, scratch: string): Promise<Checkout> {
  const ask = async (...args: string[]): Promise<string | null> => {
    const result = await git(given, args);
    return 'output' in result ? result.output : null;
  };
  const head = await git(given, ['rev-parse', '--verify', 'HEAD^{commit}']);
  if ('fault' in head)
    throw new TwinproofError('usage', `not a checkout of a git repository: ${head.fault}`, { where: given });
  const commit = head.output.trim();
  const top = (await ask('rev-parse', '--show-toplevel'))?.replace(/\n$/, '') ?? resolve(given);
  const bare = join(scratch, 'source.git');
  await mkdir(bare, { recursive: true });
  await ownGit(bare, ['init', '--bare', '--quiet']);
  const options = ['--quiet', '--no-tags', '--no-write-fetch-head', '--depth=1'];
  const fetch = (folder: string): ReturnType<typeof ownGit> =>
    ownGit(bare, ['fetch', ...options, `file://${folder}`, 'HEAD'], 'file');
  const fetched = await fetch(top);
  const faults = await fetchSubmodules(bare, { commit, repository: '' }, async ({ at }) => {
    const got = await fetch(join(top, at));
    return 'fault' in got ? got.fault : null;
  });
  const out = 'fault' in fetched ? fetched : await checkedOut(bare, commit, join(scratch, 'source'), faults);
  if ('fault' in out)
    throw new TwinproofError('usage', `its commit cannot be read: ${out.fault}`, { where: given });
  return {
    ...out,
    from: given,
    isClone: false,
    changes: await changesIn(ask),
    isOn: (ref) => isOn(given, commit, ref),
  };
}

async function isOn(given: string, commit: string, ref: string): Promise<boolean | null> {
  let known = false;
  for (const name of refNames(ref)) {
    const there = await git(given, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    if ('fault' in there) continue;
    known = true;
    const words = ['merge-base', '--is-ancestor', commit, there.output.trim()];
    if ('output' in (await git(given, words))) return true;
  }
  return known ? false : null;
}

type Ask = (...args: string[]) => Promise<string | null>;

async function changesIn(ask: Ask): Promise<string[]> {
  const status = await ask('status', '--porcelain', '--untracked-files=all', '--ignore-submodules=none');
  const hidden = await ask('ls-files', '-v');
  if (status === null || hidden === null) return ['git does not say what was changed'];
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
  // Files that git was told not to look at: their letter is small, or S.
  const unseen = lines(hidden).filter((line) => /^[a-zS] /.test(line));
  return [...lines(status), ...unseen.map((line) => `not looked at by git: ${line.slice(2)}`)];
}
