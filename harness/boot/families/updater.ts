import type { MergedTree } from '../../oci/layers/tree.ts';
import { fileDigests } from '../guest/file-list.ts';
import type { GuestChannel } from '../guest/channel.ts';
import { firstWords } from '../guest/words.ts';

/** The program of the guest's that takes or refuses updates. */
export interface Updater {
  /** Its path. */
  program: string;
  /** What it says of itself. */
  version: string;
  /** sha256 of it as the guest reads it, hex; null when it is not there. */
  sha256: string | null;
}

/** @param program a path without a leading slash */
export async function askUpdater(guest: GuestChannel, program: string): Promise<Updater> {
  const path = `/${program}`;
  const said = await guest.run(`'${path}' --version | head -n 3`, 60);
  const sha256 = (await fileDigests(guest, [path])).get(path) ?? null;
  return { program: path, version: firstWords(said.stdout.toString('utf8'), 100), sha256 };
}

/** What is wrong when it is not the one that the image has, whose answers then say nothing of the image; null when it is. */
export function otherUpdater({ program, sha256 }: Updater, { files }: MergedTree): string | null {
  const inode = files.get(program.slice(1))?.inode;
  const expected = inode?.type === 'file' ? Buffer.from(inode.content, 'latin1').toString('hex') : null;
  if (expected !== null && expected === sha256) return null;
  return `${program}, which takes its updates, is not the one that is in the image`;
}
