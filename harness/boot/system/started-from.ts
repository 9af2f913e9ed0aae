import type { BootEntry } from '../disk/boot-entries.ts';
import type { GuestChannel } from '../guest/channel.ts';
import { splitArguments } from '../update/kernel-arguments.ts';

/**
 * Whether the entry that was picked is the one that was started. A menu waits for seconds only, and who is slow picks nothing.
 * @returns what was missed; null when it was started
 */
export async function startedFrom(guest: GuestChannel, { commandLine }: BootEntry): Promise<string | null> {
  const told = splitArguments(await guest.read('cat /proc/cmdline'));
  const missing = missingArguments(told, splitArguments(commandLine));
  return missing.length === 0
    ? null
    : `another entry was started than the one that was picked, without ${missing[0] ?? ''}`;
}

/** What an entry says and the kernel was not told. */
export const missingArguments = (told: string[], wanted: string[]): string[] =>
  wanted.filter((each) => !told.includes(each));
