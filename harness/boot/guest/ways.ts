import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { TwinproofError } from '../../errors.ts';
import { Forward } from '../machine/forward.ts';
import type { Machine } from '../machine/machine.ts';
import { silent, unreachable } from './replies.ts';
import { shownText } from './terminal.ts';
import { type SshAccess, greets } from './ssh.ts';

/** How the report calls the second way. */
export const BY_SSH = 'SSH, commands over a virtio port';

/** Milliseconds between looks at a shell that has not answered. */
const NUDGE = 2000;
/** Seconds that the shell has after an SSH server greets; systemd starts the shell much earlier. */
const AFTER_GREETING = 15;
/** Seconds for SSH to start the agent, and for the agent to answer. */
const BY_SSH_LIMIT = 60;
/** The end of a shell's prompt, and bytes in which it is looked for: a shell may put long control sequences around it. */
const PROMPT = /[#$] $/;
const TAIL = 2000;
const SSH_PORT = 22;

interface Entering {
  /** Until the shell is given up; of a machine that is as fast as limits are made for. */
  seconds: number;
  slowness: number;
  ssh: SshAccess | null;
  /** Whether the agent answered before the signal. */
  answered: (signal: AbortSignal) => Promise<boolean>;
}

/**
 * Has a shell of root's run the line that starts the agent: the one that `systemd.debug_shell=` opens on the second serial
 * port, or, where that stays silent and there is SSH, the one behind an SSH server that greets.
 * @returns how
 * @throws TwinproofError `guest-unreachable` with all that was tried, `timeout` when nothing answered in time
 */
export async function enter(machine: Machine, line: string, entering: Entering): Promise<string> {
  const { seconds, slowness, ssh, answered } = entering;
  const shell = `systemd's debug shell on ${machine.ports.shell}`;
  const limit = AbortSignal.timeout(Math.ceil(seconds * slowness * 1000));
  await using door = ssh === null ? null : await doorOf(machine);
  const stop = new AbortController();
  const server = door === null ? null : watchServer(door.port, AFTER_GREETING * slowness, stop.signal);
  try {
    void knock(machine.shell, line, stop.signal);
    const time = AbortSignal.any([limit, ...(server === null ? [] : [server.overdue])]);
    if (await answered(time)) return `${shell}, commands over a virtio port`;
  } finally {
    stop.abort();
  }
  if (ssh === null || door === null) throw silent(`no answer within ${Math.round(seconds * slowness)} s`);
  if (server?.greeted !== true)
    throw silent(`${shell} does not answer, and there is no SSH server on port ${SSH_PORT}`);
  const reason = await bySsh(ssh, door, line, entering);
  if (reason !== null) throw unreachable(`${shell} does not answer, and by SSH: ${reason}`);
  return BY_SSH;
}

/** A way to the guest's SSH server; null where the machine has ended. */
async function doorOf(machine: Machine): Promise<Forward | null> {
  try {
    return await Forward.open(machine.qmp, SSH_PORT);
  } catch (error) {
    if ((await machine.waitForEnd(NUDGE)) === null) throw error;
    return null;
  }
}

interface Server {
  greeted: boolean;
  /** It greeted so long ago that the shell will not answer any more. */
  overdue: AbortSignal;
}

/** @param patience seconds */
function watchServer(port: number, patience: number, signal: AbortSignal): Server {
  const overdue = new AbortController();
  const server = { greeted: false, overdue: overdue.signal };
  void greets(port, signal).then(async (did) => {
    server.greeted = did;
    await setTimeout(patience * 1000, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) overdue.abort();
  });
  return server;
}

/** @returns why the agent was not started; null when it was */
async function bySsh(
  ssh: SshAccess,
  { port }: Forward,
  line: string,
  { slowness, answered }: Entering,
): Promise<string | null> {
  const time = Math.ceil(BY_SSH_LIMIT * slowness * 1000);
  const refused = await ssh.run(port, line, time);
  if (refused !== null) return refused;
  return (await answered(AbortSignal.timeout(time))) ? null : 'what was started does not answer';
}

/** Sends the line when the shell shows its prompt; a shell that showed it before we listened shows it again after LF. */
async function knock(shell: Duplex, line: string, signal: AbortSignal): Promise<void> {
  let seen = '';
  const watch = (piece: Buffer): void => {
    seen = (seen + piece.toString('latin1')).slice(-TAIL);
    if (!PROMPT.test(shownText(seen))) return;
    seen = '';
    shell.write(line);
  };
  shell.on('data', watch);
  try {
    while (!signal.aborted) {
      await setTimeout(NUDGE, undefined, { signal });
      shell.write('\n');
    }
  } catch (error) {
    if (!signal.aborted) throw new TwinproofError('internal', 'waiting for a shell failed', { cause: error });
  } finally {
    shell.off('data', watch);
    shell.resume();
  }
}
