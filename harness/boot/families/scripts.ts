import { UPDATE_DISK } from '../disk/make-disk.ts';
import { TwinproofError } from '../../errors.ts';
import type { CommandResult } from '../guest/channel.ts';
import { lastWords } from '../guest/words.ts';

/** Exit codes: of a script that found nothing to change, never came to the release, or found nothing to check a store with. */
export const NOTHING_NEW = 77;
export const NOT_OFFERED = 76;
export const NO_CHECK = 75;

/** Mounts what is on the update disk at /run/update, until the script ends. */
export const MOUNT_UPDATE = `set -eu
device=
for disk in /sys/block/*; do
    [ "$(cat "$disk/serial" 2> /dev/null)" != ${UPDATE_DISK} ] || device=/dev/\${disk##*/}
done
{ mkdir -p /run/update && mount -o ro "$device" /run/update; } || exit ${NOT_OFFERED}
trap 'cd / && umount --recursive /run/update' EXIT
`;

/** Neither done nor refused. */
export const HUNG = 'it did not end within its time';

/**
 * Why a script did not do what it should, in its last words; null when it did.
 * @throws TwinproofError `unsupported` when it did not come to what is on the update disk, and nothing was refused, or could
 * not look at a store
 */
export function fault({ status, stderr, timedOut }: CommandResult): string | null {
  if (status === 0) return null;
  if (timedOut) return HUNG;
  const words = lastWords(stderr.toString('utf8'), 200);
  if (status === NOT_OFFERED)
    throw new TwinproofError('unsupported', `the guest cannot be offered its next release: ${words}`);
  if (status === NO_CHECK)
    throw new TwinproofError('unsupported', `what the store holds cannot be read back: ${words}`);
  return words === '' ? `exit code ${status}` : words;
}
