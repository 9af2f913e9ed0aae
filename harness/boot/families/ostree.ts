import { UPDATE_DISK } from '../disk/make-disk.ts';
import type { CommandResult } from '../guest/channel.ts';
import { parseOstreeStatus } from './ostree-status.ts';
import type { Deployment, Family } from './types.ts';

const METADATA = 'ostree show --repo=/sysroot/ostree/repo --print-metadata-key=ostree.manifest-digest';

/**
 * Takes the commit over from the repository on the update disk, every object checked against its name, and stages a
 * deployment of it. The system's own repository is read-only but for the process that writes to it.
 */
const STAGE = `set -eu
for disk in /sys/block/*; do
    [ "$(cat "$disk/serial" 2> /dev/null)" != ${UPDATE_DISK} ] || device=/dev/\${disk##*/}
done
mkdir -p /run/update
mount -o ro "$device" /run/update
trap 'umount /run/update' EXIT
unshare --mount sh -ec 'mount -o remount,rw /sysroot
ostree pull-local --repo=/sysroot/ostree/repo --untrusted /run/update image > /dev/null'
os=$(ostree admin status | sed -n 's/^\\* \\([^ ]*\\) .*/\\1/p')
ostree admin deploy --stage --os="$os" image > /dev/null`;

/** Seconds. */
const PULL = 180;
const WRITE = 60;

/**
 * Plain ostree, from 2022.7 on. It has no command that puts an older deployment first again: the way back is the boot
 * loader's menu, and what was picked there stays once the newer deployment is removed (ostree-admin-undeploy(1)).
 */
export const ostree: Family = {
  id: 'ostree',

  async running(guest) {
    // Not by the kernel's command line: what that names is renamed when the list of deployments is written anew.
    return (await this.deployments(guest)).find(({ booted }) => booted)?.image ?? '';
  },

  async deployments(guest) {
    const found: Deployment[] = [];
    for (const { commit, booted, staged } of parseOstreeStatus(await guest.read('ostree admin status'))) {
      const image = digest(await guest.run(`${METADATA} ${commit}`));
      found.push({ image: image === '' ? null : image, booted, staged });
    }
    return found;
  },

  async stage(guest) {
    return fault(await guest.run(STAGE, PULL));
  },

  async keepRunning(guest) {
    return fault(await guest.run('ostree admin undeploy 0 > /dev/null', WRITE));
  },
};

/** ostree prints a variant: a string in single quotes. */
const digest = ({ stdout }: CommandResult): string =>
  /^'(sha256:[0-9a-f]{64})'$/.exec(stdout.toString('utf8').trim())?.[1] ?? '';

function fault({ status, stderr, timedOut }: CommandResult): string | null {
  if (status === 0) return null;
  if (timedOut) return 'it did not end within its time';
  const words = stderr.toString('utf8').trim().replaceAll(/\s+/g, ' ').slice(-200);
  return words === '' ? `exit code ${status}` : words;
}
