import { TwinproofError } from '../../errors.ts';
import type { GuestChannel } from '../guest/channel.ts';
import { EXPIRED, consoleSigns, expiredLimit, isProof } from '../guest/console-patterns.ts';
import type { HostPace, Moment } from '../machine/host-pace.ts';

/** What is known of a start that did not go as it should. */
export interface Start {
  /** When it began. */
  from: Moment;
  pace: Pick<HostPace, 'proved' | 'tooSlowSince'>;
  /** What ended it of our own limits; null when none did. */
  ownLimit: string | null;
  /** All that the console showed. */
  console: string;
  /** Null where no command runs. */
  guest: GuestChannel | null;
}

/** Lines of the journal since this start that tell of a limit of time. */
const JOURNAL = `journalctl --boot --no-pager --quiet --output=cat 2> /dev/null | grep -E "${EXPIRED.source
  .replaceAll('(?:', '(')
  .replaceAll('\\d', '[0-9]')}" | head -n 1`;

/**
 * Whether a start that went wrong proves nothing of the system, because a limit of time expired on a host that was too slow.
 * A guest cannot bring that about by itself: the host is measured.
 * @returns why; null when what went wrong is the system's
 */
export async function whyTooLate({ from, pace, ownLimit, console, guest }: Start): Promise<string | null> {
  if (consoleSigns(console).some(isProof)) return null;
  const expired = expiredLimit(console) ?? (guest === null ? null : await expiredInJournal(guest));
  const limit = expired ?? ownLimit;
  if (limit === null) return null;
  const allowed = expired === null ? pace.proved.slowness : 1;
  const reason = await pace.tooSlowSince(from, allowed);
  return reason === null ? null : `${reason}: ${limit}`;
}

async function expiredInJournal(guest: GuestChannel): Promise<string | null> {
  try {
    return expiredLimit((await guest.run(JOURNAL, 60)).stdout.toString('utf8'));
  } catch (error) {
    if (error instanceof TwinproofError && error.code === 'timeout') return error.message;
    if (error instanceof TwinproofError && error.code === 'guest-unreachable') return null;
    throw error;
  }
}

/** Nothing can be said of a system that was not given its time. */
export const tooLate = (reason: string): TwinproofError =>
  new TwinproofError('timeout', `the start does not count: ${reason}`, {
    hint: 'run it again when less runs beside it',
  });
