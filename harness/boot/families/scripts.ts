import { UPDATE_DISK } from '../disk/make-disk.ts';
import type { CommandResult } from '../guest/channel.ts';

/** Mounts what is on the update disk at /run/update, until the script ends. */
export const MOUNT_UPDATE = `set -eu
for disk in /sys/block/*; do
    [ "$(cat "$disk/serial" 2> /dev/null)" != ${UPDATE_DISK} ] || device=/dev/\${disk##*/}
done
mkdir -p /run/update
mount -o ro "$device" /run/update
trap 'cd / && umount --recursive /run/update' EXIT
`;

/** Why a script did not do what it should, in its last words; null when it did. */
export function fault({ status, stderr, timedOut }: CommandResult): string | null {
  if (status === 0) return null;
  if (timedOut) return 'it did not end within its time';
  const words = stderr.toString('utf8').trim().replaceAll(/\s+/g, ' ').slice(-200);
  return words === '' ? `exit code ${status}` : words;
}
