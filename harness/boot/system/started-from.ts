import type { BootEntry } from '../disk/boot-entries.ts';
import type { GuestChannel } from '../guest/channel.ts';
import { splitArguments } from '../update/kernel-arguments.ts';

/**
 * Whether the entry that was picked is the one that was started. A menu waits for seconds only, and who is slow picks nothing.
 * @param first what is started when nothing is picked
 * @returns what was missed; null when it was started
 */
export async function startedFrom(
  guest: GuestChannel,
  picked: BootEntry,
  first: BootEntry | undefined,
): Promise<string | null> {
  const reported = splitArguments(await guest.read('cat /proc/cmdline'));
  const [missing] = missingArguments(
    reported,
    splitArguments(picked.commandLine),
    splitArguments(first?.commandLine ?? ''),
  );
  return missing === undefined
    ? null
    : `another entry was started than the one that was picked, without ${missing}`;
}

/** What only the wanted entry says, and the kernel was not told. */
export const missingArguments = (reported: string[], wanted: string[], others: string[]): string[] =>
  wanted.filter((each) => !others.includes(each) && !reported.includes(each));
