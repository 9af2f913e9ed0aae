import type { GuestChannel } from '../guest/channel.ts';

/** What tells one machine from another. Empty where there is none. */
export interface Identity {
  /** machine-id(5). */
  machineId: string;
  /** sha256 of the public keys of its SSH server. */
  hostKeys: string;
  /** UUIDs of the file systems that hold the system and its state. */
  fileSystems: string;
}

const ASK = `echo "machine-id $(cat /etc/machine-id)"
echo "host-keys $(cat /etc/ssh/ssh_host_*_key.pub 2> /dev/null | sha256sum)"
echo "file-systems $(findmnt --raw --noheadings --output UUID --target /sysroot) $(findmnt --raw --noheadings --output UUID --target /var)"`;

/** Of no bytes: there are no keys. */
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export async function askIdentity(guest: GuestChannel): Promise<Identity> {
  return parseIdentity(await guest.read(ASK));
}

/** Reads `name SPACE value` lines. */
export function parseIdentity(text: string): Identity {
  const value = (name: string): string =>
    (new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? '').trim().slice(0, 200);
  const hostKeys = value('host-keys').slice(0, 64);
  return {
    machineId: value('machine-id'),
    hostKeys: hostKeys === NOTHING ? '' : hostKeys,
    fileSystems: value('file-systems'),
  };
}
