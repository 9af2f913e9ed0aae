import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TwinproofError } from '../../errors.ts';
import { bootTool, runConfined } from '../machine/confined.ts';
import { openPlain } from '../machine/machine.ts';

/** Names in the folder of the machine. */
const KEY = 'ssh-key';
const KNOWN = 'ssh-known-hosts';
/** What the guest is called, whichever port leads to it. */
const GUEST = 'guest';
/** Milliseconds between looks for a server, and those that a look takes at most. */
const PAUSE = 5000;
const LOOK = 10_000;

/** How root of one machine is reached by SSH. */
export interface SshAccess {
  /** By which systemd lets the key in, from 252 on (systemd.system-credentials(7)): text by name. */
  credentials: ReadonlyMap<string, string>;
  /**
   * Has root's shell in the guest run a command.
   * @param port of this host that leads to the guest's server
   * @param timeout milliseconds
   * @returns why it did not; null when it did
   */
  run: (port: number, command: string, timeout: number) => Promise<string | null>;
}

/** A key for a new machine, in its folder; without the programs on this host there is none, which `run` says. */
export async function sshAccess(folder: string): Promise<SshAccess> {
  const missing = await reasonOf(() => ['ssh', 'ssh-keygen'].map(bootTool));
  if (missing !== null) return { credentials: new Map(), run: () => Promise.resolve(missing) };
  await runConfined(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', GUEST, '-f', KEY], { cwd: folder });
  await using file = await openPlain(join(folder, `${KEY}.pub`));
  return {
    credentials: new Map([['tmpfiles.extra', authorizing(await file.readFile('utf8'))]]),
    run: (port, command, timeout) =>
      reasonOf(() => runConfined(['ssh', ...sshArguments(port), command], { cwd: folder, timeout })),
  };
}

/** Why something could not be done; null when it was. */
async function reasonOf(deed: () => unknown): Promise<string | null> {
  try {
    await deed();
    return null;
  } catch (error) {
    if (!(error instanceof TwinproofError)) throw error;
    return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  }
}

/**
 * Lines of tmpfiles.d(5) that let a key in as root. They are read after those of the system, so that the home to which
 * `/root` may be a link is there. Where they cannot be followed, no unit fails for it.
 */
export function authorizing(key: string): string {
  const content = Buffer.from(key).toString('base64');
  return `d- /root/.ssh 0700 root root -\nf+~- /root/.ssh/authorized_keys 0600 root root - ${content}\n`;
}

/**
 * Nothing of the user who runs this is read or offered, and nothing is granted to the guest: no configuration, no agent, no
 * other key, no forwarding, no terminal. The guest's key is learnt at the first contact and must stay the same.
 * Source: ssh_config(5).
 */
export function sshArguments(port: number): string[] {
  const options = {
    BatchMode: 'yes',
    ClearAllForwardings: 'yes',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    GlobalKnownHostsFile: 'none',
    HostKeyAlias: GUEST,
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    IdentityFile: KEY,
    // What the guest writes before it lets us in is not shown.
    LogLevel: 'ERROR',
    PreferredAuthentications: 'publickey',
    RequestTTY: 'no',
    StrictHostKeyChecking: 'accept-new',
    UpdateHostKeys: 'no',
    UserKnownHostsFile: KNOWN,
  };
  const chosen = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return ['-n', '-F', 'none', ...chosen, '-p', String(port), 'root@127.0.0.1'];
}

/** Waits until an SSH server answers on a port of this host. @returns whether one did before the signal */
export async function greets(port: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await greeting(port, signal)) return true;
    await setTimeout(PAUSE, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

/** Source: RFC 4253, 4.2. */
function greeting(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    let greeted = false;
    const socket = connect({ host: '127.0.0.1', port, signal });
    socket.setTimeout(LOOK, () => socket.destroy());
    socket.once('data', (piece: Buffer) => {
      greeted = piece.toString('latin1').startsWith('SSH-');
      socket.destroy();
    });
    // Nobody listens yet, or whoever looked is not interested any more.
    socket.once('error', () => undefined);
    socket.once('close', () => resolve(greeted));
  });
}
