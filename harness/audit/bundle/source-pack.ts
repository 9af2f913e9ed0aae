import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinproofError } from '../../errors.ts';
import { checkedOut } from '../source/checked-out.ts';
import { ownGit } from '../source/remote-git.ts';
import type { Checkout } from '../source/types.ts';

/** Without deltas and in the order of their names, objects make the same pack wherever they come from. */
const SETTINGS = ['-c', 'pack.compression=6', '-c', 'core.compression=6', '-c', 'pack.packSizeLimit=0'];
const PINNED = ['--quiet', '--no-reuse-delta', '--no-reuse-object', '--window=0', '--threads=1'];

/** One commit with all its files as a pack. @returns its path @throws TwinproofError storage */
export async function packCommit({ bare, commit }: Checkout, folder: string): Promise<string> {
  const listed = await ownGit(bare, ['rev-list', '--objects', '--max-count=1', commit]);
  if ('fault' in listed) throw new TwinproofError('storage', `git: ${listed.fault}`, { where: bare });
  const names = listed.output.split('\n').flatMap((line) => /^[0-9a-f]+/.exec(line)?.[0] ?? []);
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
  const indexed = await ownGit(bare, ['index-pack', '--strict=missingEmail=ignore', inside]);
  await writeFile(join(bare, 'shallow'), `${commit}\n`);
  const out = 'fault' in indexed ? indexed : await checkedOut(bare, commit, join(folder, 'source'));
  if ('fault' in out)
    throw new TwinproofError('image-invalid', `its source cannot be read: ${out.fault}`, { where: pack });
  return out;
}
