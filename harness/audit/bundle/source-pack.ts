import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { checkedOut } from '../source/checked-out.ts';
import { ownGit } from '../source/remote-git.ts';
import type { Checkout } from '../source/types.ts';

/** Without deltas and in the order of their names, objects make the same pack wherever they come from. */
const SETTINGS = ['-c', 'pack.compression=6', '-c', 'core.compression=6', '-c', 'pack.packSizeLimit=0'];
const PINNED = ['--quiet', '--no-reuse-delta', '--no-reuse-object', '--window=0', '--threads=1'];

const STRICT = ['--strict=missingEmail=ignore'];

/** One commit with all its files and submodules as a pack. @returns its path @throws TwinproofError storage */
export async function packCommit({ bare, commit, submodules }: Checkout, folder: string): Promise<string> {
  const names: string[] = [];
  for (const one of [commit, ...submodules.commits]) {
    const listed = await ownGit(bare, ['rev-list', '--objects', '--max-count=1', one]);
    if ('fault' in listed) throw new TwinproofError('storage', `git: ${listed.fault}`, { where: bare });
    names.push(...listed.output.split('\n').flatMap((line) => /^[0-9a-f]+/.exec(line)?.[0] ?? []));
  }
  const input = `${[...new Set(names)].sort().join('\n')}\n`;
  const prefix = join(folder, 'source');
  const packed = await ownGit(bare, [...SETTINGS, 'pack-objects', ...PINNED, prefix], 'nobody', input);
  if ('fault' in packed) throw new TwinproofError('storage', `git: ${packed.fault}`, { where: folder });
  return `${prefix}-${packed.output.trim()}.pack`;
}

/** The files of a packed commit. @throws TwinproofError image-invalid for a pack that does not have it */
export async function unpackCommit(
  pack: string,
  commit: string,
  folder: string,
): Promise<Exclude<Awaited<ReturnType<typeof checkedOut>>, { fault: string }>> {
  const bare = join(folder, 'source.git');
  await mkdir(bare, { recursive: true });
  await ownGit(bare, ['init', '--bare', '--quiet']);
  const inside = join(bare, 'objects/pack/pack-source.pack');
  await copyFile(pack, inside);
  const found = await ownGit(bare, ['index-pack', inside]);
  await writeFile(join(bare, 'shallow'), await commitsIn(bare));
  // Git looks for what came before a commit unless it is told that the history ends there.
  const indexed = 'fault' in found ? found : await ownGit(bare, ['index-pack', ...STRICT, inside]);
  const out = 'fault' in indexed ? indexed : await checkedOut(bare, commit, join(folder, 'source'));
  if ('fault' in out)
    throw new TwinproofError('image-invalid', `its source cannot be read: ${out.fault}`, { where: pack });
  return out;
}

/** What came before them is in no pack: a line each, as git has it. */
async function commitsIn(bare: string): Promise<string> {
  const format = '--batch-check=%(objecttype) %(objectname)';
  const listed = await ownGit(bare, ['cat-file', '--batch-all-objects', format]);
  const lines = 'fault' in listed ? [] : listed.output.split('\n');
  return lines.flatMap((line) => (line.startsWith('commit ') ? [`${line.slice(7)}\n`] : [])).join('');
}
