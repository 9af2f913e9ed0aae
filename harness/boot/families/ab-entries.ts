import { TwinproofError } from '../../errors.ts';
import { type BootEntry, parseBootEntry, sortBootEntries } from '../disk/boot-entries.ts';
import type { Deployment } from './types.ts';

/** Starts the name of an entry's file, before the text in it. */
const MARK = '\u001e';
/** Prints all entries of the boot loader in that form. */
export const LIST_ENTRIES = `cd /efi/loader/entries && for name in *.conf; do printf '\\036%s\\n' "$name"; cat "$name"; done`;

/** Entries that are read; there are two. */
const MOST = 20;

/**
 * What the boot loader offers, in its order.
 * @param listing what `LIST_ENTRIES` printed
 * @param commandLine that of the kernel that runs
 */
export function slotDeployments(listing: string, commandLine: string): Deployment[] {
  const [, ...texts] = listing.split(MARK);
  const entries = texts.slice(0, MOST).flatMap(offered);
  return sortBootEntries(entries).map((entry) => {
    const booted = slotOf(entry.commandLine) === slotOf(commandLine);
    const image = / image=(sha256:[0-9a-f]{64})(?: |$)/.exec(entry.commandLine)?.[1] ?? null;
    return { name: entry.name, image, booted, staged: !booted && entry.tries?.done === 0 };
  });
}

/** A boot loader offers nothing of what names no kernel, as an entry does that a power cut left empty. */
function offered(text: string): BootEntry[] {
  const [name = ''] = text.split('\n', 1);
  try {
    return [parseBootEntry(text.slice(name.length + 1), name)];
  } catch (error) {
    if (error instanceof TwinproofError && error.code === 'image-invalid') return [];
    throw error;
  }
}

/** Name of the partition that is the root. */
const slotOf = (commandLine: string): string =>
  /(?:^| )root=PARTLABEL=([^ ]+)(?: |$)/.exec(commandLine)?.[1] ?? '';
