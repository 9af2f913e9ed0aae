import { TwinproofError } from '../../errors.ts';
import { GuestChannel } from '../guest/channel.ts';
import type { SshAccess } from '../guest/ssh.ts';
import type { HostPace } from '../machine/host-pace.ts';
import type { Machine } from '../machine/machine.ts';

/** Seconds, on a machine for which limits are made. */
const UNTIL_SHELL = 180;
const UNTIL_STARTED = 180;

/** How far a machine came that was started. */
export interface CameUp {
  /** Null when no command runs. */
  guest: GuestChannel | null;
  /** What systemd says when it has nothing left to start, or `starting`; null when it never came so far. */
  state: string | null;
  /** Why no command runs; null when commands run. */
  reason: string | null;
  /** What ended the wait for it; null when it came to an end by itself. */
  ownLimit: string | null;
}

/** Waits until a machine is up or will not be. */
export async function comeUp(
  machine: Machine,
  { pace, ssh }: { pace: HostPace; ssh: SshAccess | null },
): Promise<CameUp> {
  let guest: GuestChannel | null = null;
  try {
    guest = await GuestChannel.open(machine, { seconds: UNTIL_SHELL, pace, ssh });
    // It exits with 1 for every state but `running`; the word tells.
    const asked = await guest.run('systemctl is-system-running --wait', UNTIL_STARTED);
    const state = asked.stdout.toString('utf8').trim().slice(0, 40);
    return { guest, state, reason: null, ownLimit: null };
  } catch (error) {
    if (!(error instanceof TwinproofError)) throw error;
    const { code, message } = error;
    // Whoever answers still can be asked why systemd is not done.
    if (code === 'timeout' && guest !== null && !guest.silent)
      return { guest, state: 'starting', reason: null, ownLimit: `systemd was still starting: ${message}` };
    if (code === 'timeout') return { guest: null, state: null, reason: message, ownLimit: message };
    if (code === 'guest-unreachable') return { guest: null, state: null, reason: message, ownLimit: null };
    throw error;
  }
}
