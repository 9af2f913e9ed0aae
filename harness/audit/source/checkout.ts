import { posix } from 'node:path';
import { git } from '../../catalog/git.ts';
import { TwinproofError } from '../../errors.ts';

/** A checkout of the source that the user gave. */
export interface Checkout {
  folder: string;
  commit: string;
  /** What keeps its files from being those of the commit. */
  changes: string[];
  /** A file of the commit; null where there is none. */
  file(path: string): Promise<string | null>;
  /** Whether a branch or tag contains the commit; null where it is not in this checkout. */
  isOn(ref: string): Promise<boolean | null>;
}

/** @throws TwinproofError usage for what is no checkout */
export async function readCheckout(folder: string): Promise<Checkout> {
  const ask = async (...args: string[]): Promise<string | null> => {
    const result = await git(folder, args);
    return 'output' in result ? result.output : null;
  };
  const head = await git(folder, ['rev-parse', '--verify', 'HEAD^{commit}']);
  if ('fault' in head)
    throw new TwinproofError('usage', `not a checkout of a git repository: ${head.fault}`, { where: folder });
  const commit = head.output.trim();
  return {
    folder,
    commit,
    changes: await changesIn(ask),
    file: (path) => ask('cat-file', 'blob', `${commit}:${posix.normalize(path)}`),
    isOn: async (ref) => {
      if (!/^refs\/(?:heads|tags)\//.test(ref)) return null;
      const there = await git(folder, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
      if ('fault' in there) return null;
      return 'output' in (await git(folder, ['merge-base', '--is-ancestor', commit, there.output.trim()]));
    },
  };
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
