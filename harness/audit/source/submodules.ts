import { mkdir, rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ownGit } from './remote-git.ts';

/** Of one source, those in submodules included. */
const MAX_SUBMODULES = 100;

/** Another repository at one of its commits, where a commit has it in its tree. */
export interface Submodule {
  /** From the root of the source. */
  at: string;
  commit: string;
  /** As `.gitmodules` of the commit names it, absolute; null where it does not. */
  repository: string | null;
}

/** Brings a commit into the bare repository. @returns why it could not, as a sentence */
type Fetch = (submodule: Submodule) => Promise<string | null>;

/**
 * Fetches the submodules of a commit, and theirs, into the bare repository that has it.
 * @param repository of the commit, which relative addresses are meant from
 * @returns why some could not be had, by commit
 */
export async function fetchSubmodules(
  bare: string,
  { commit, repository }: { commit: string; repository: string },
  fetch: Fetch,
): Promise<Map<string, string>> {
  const faults = new Map<string, string>();
  const left: Submodule[] = [{ at: '', commit, repository }];
  let count = 0;
  for (let one = left.shift(); one !== undefined; one = left.shift()) {
    for (const submodule of await submodulesOf(bare, one)) {
      count += 1;
      const fault = count > MAX_SUBMODULES ? 'there are too many' : await fetch(submodule);
      if (fault === null) left.push(submodule);
      else faults.set(submodule.commit, fault);
    }
  }
  return faults;
}

/**
 * Writes the submodules of a commit, and theirs, into the folder that has its files.
 * @returns commits of those that are there, and the paths of the others
 */
export async function placeSubmodules(
  bare: string,
  commit: string,
  folder: string,
): Promise<{ commits: string[]; missing: Submodule[] }> {
  const commits: string[] = [];
  const missing: Submodule[] = [];
  const left: Submodule[] = [{ at: '', commit, repository: null }];
  for (let one = left.shift(); one !== undefined; one = left.shift()) {
    for (const submodule of await submodulesOf(bare, one)) {
      const isPlaced =
        commits.length < MAX_SUBMODULES && (await place(bare, submodule.commit, join(folder, submodule.at)));
      if (!isPlaced) missing.push(submodule);
      else {
        commits.push(submodule.commit);
        left.push(submodule);
      }
    }
  }
  return { commits, missing };
}

async function place(bare: string, commit: string, folder: string): Promise<boolean> {
  const has = await ownGit(bare, ['cat-file', '-e', `${commit}^{commit}`]);
  if ('fault' in has) return false;
  await mkdir(folder, { recursive: true });
  // What git wrote last lies elsewhere.
  await rm(join(bare, 'index'), { force: true });
  const words = [`--work-tree=${folder}`, 'checkout', '--quiet', '--force', '--detach', commit];
  return 'output' in (await ownGit(bare, words));
}

async function submodulesOf(bare: string, { at, commit, repository }: Submodule): Promise<Submodule[]> {
  const tree = await ownGit(bare, ['ls-tree', '-r', '-z', commit]);
  if ('fault' in tree) return [];
  const links = tree.output.split('\0').flatMap((line) => {
    const [, link = '', path = ''] = /^160000 commit (\S+)\t(.*)$/s.exec(line) ?? [];
    return path === '' ? [] : [{ link, path }];
  });
  if (links.length === 0) return [];
  const addresses = await addressesIn(bare, commit);
  return links.map(({ link, path }) => ({
    at: posix.join(at, path),
    commit: link,
    repository: absolute(addresses.get(path), repository),
  }));
}

/** By path. */
async function addressesIn(bare: string, commit: string): Promise<Map<string, string>> {
  const listed = await ownGit(bare, ['config', `--blob=${commit}:.gitmodules`, '-z', '--list']);
  const paths = new Map<string, string>();
  const addresses = new Map<string, string>();
  for (const entry of 'fault' in listed ? [] : listed.output.split('\0')) {
    const [, name = '', key = '', value = ''] = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(entry) ?? [];
    (key === 'path' ? paths : addresses).set(name, value);
  }
  return new Map([...paths].map(([name, path]) => [path, addresses.get(name) ?? '']));
}

/** An address that begins with `./` or `../` is meant from that of the repository that names it (git-submodule). */
function absolute(address: string | undefined, repository: string | null): string | null {
  if (address === undefined || address === '') return null;
  if (!/^\.\.?\//.test(address)) return address;
  return URL.parse(address, `${repository ?? ''}/`)?.href ?? null;
}
