import { mkdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { ownGit } from './remote-git.ts';
import { placeSubmodules } from './submodules.ts';
import type { Checkout } from './types.ts';

/**
 * The files of a commit in a folder of their own, with nothing beside them: no `.git`, and nothing that git ignores.
 * @param bare a bare repository that has the commit, and those of its submodules
 * @param faults why submodules are not in it, by commit
 */
export async function checkedOut(
  bare: string,
  commit: string,
  folder: string,
  faults: ReadonlyMap<string, string> = new Map(),
): Promise<
  Pick<Checkout, 'folder' | 'bare' | 'commit' | 'time' | 'submodules' | 'file'> | { fault: string }
> {
  await mkdir(folder, { recursive: true });
  const has = await ownGit(bare, ['rev-parse', '--verify', '--quiet', `${commit}^{commit}`]);
  if ('fault' in has || has.output.trim() !== commit) return { fault: `the commit ${commit} did not come` };
  const written = await ownGit(bare, [
    `--work-tree=${folder}`,
    'checkout',
    '--quiet',
    '--force',
    '--detach',
    commit,
  ]);
  if ('fault' in written) return written;
  const time = await ownGit(bare, ['show', '--no-patch', '--format=%ct', commit]);
  if ('fault' in time) return { fault: 'git does not show the commit' };
  const { commits, missing } = await placeSubmodules(bare, commit, folder);
  return {
    folder,
    bare,
    commit,
    time: Number(time.output.trim()),
    submodules: {
      commits,
      missing: missing.map((one) => `${one.at}: ${faults.get(one.commit) ?? 'its commit is not here'}`),
    },
    file: async (path) => {
      const found = await ownGit(bare, ['cat-file', 'blob', `${commit}:${posix.normalize(path)}`]);
      return 'output' in found ? found.output : null;
    },
  };
}
