import type { GuestChannel } from '../guest/channel.ts';

/** What tells one machine from another. Empty where there is none. */
export interface Identity {
  /** machine-id(5). */
  machineId: string;
  /** sha256 of each public key of its SSH server, in that order, with spaces between. */
  hostKeys: string;
  /** UUIDs of the file systems that hold the system and its state. */
  fileSystems: string;
}

const ASK = `echo "machine-id $(cat /etc/machine-id)"
echo host-keys $(sha256sum /etc/ssh/ssh_host_*_key.pub 2> /dev/null | cut -d ' ' -f 1 | sort)
echo "file-systems $(findmnt --raw --noheadings --output UUID --target /sysroot) $(findmnt --raw --noheadings --output UUID --target /var)"`;

/** Keys of a server that are looked at; OpenSSH makes three. */
const MOST_KEYS = 20;

export async function askIdentity(guest: GuestChannel): Promise<Identity> {
  return parseIdentity(await guest.read(ASK));
}

/** Reads `name SPACE value` lines. */
export function parseIdentity(text: string): Identity {
  const value = (name: string, most = 200): string =>
    (new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? '').trim().slice(0, most);
  return {
    machineId: value('machine-id'),
    hostKeys: value('host-keys', MOST_KEYS * 65),
    fileSystems: value('file-systems'),
  };
}

/** Host keys that both have; one is enough to pass for the other. */
export function sharedKeys(a: Identity, b: Identity): string[] {
  const keys = ({ hostKeys }: Identity): string[] => hostKeys.split(' ').filter((key) => key !== '');
  return keys(a).filter((key) => keys(b).includes(key));
}
