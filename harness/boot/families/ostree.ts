import { TwinproofError } from '../../errors.ts';
import type { CommandResult, GuestChannel } from '../guest/channel.ts';
import { parseOstreeStatus } from './ostree-status.ts';
import { MOUNT_UPDATE, NOTHING_NEW, fault } from './scripts.ts';
import type { Deployment, Family } from './types.ts';

const METADATA = 'ostree show --repo=/sysroot/ostree/repo --print-metadata-key=ostree.manifest-digest';

/** Lays a copy, with another first byte, over one of the files that are new in the update; 77 is the exit code without one. */
const CHANGE = `list() { (cd "$1/objects" && find . -name '*.file' -type f -size +0 | sort); }
list /run/update/image > /run/objects-new
list /sysroot/ostree/repo > /run/objects-old
object=$(comm -23 /run/objects-new /run/objects-old | head -n 1)
[ -n "$object" ] || exit ${NOTHING_NEW}
cp -a "/run/update/image/objects/$object" /run/changed-object
printf '\\377' | dd of=/run/changed-object bs=1 count=1 conv=notrunc status=none
mount --bind /run/changed-object "/run/update/image/objects/$object"
`;

/**
 * Takes the commit over from a release's repository, every object checked against its name. The system's own repository
 * is read-only but for the process that writes to it.
 */
const pull = (release: string): string => `unshare --mount sh -ec 'mount -o remount,rw /sysroot
ostree pull-local --repo=/sysroot/ostree/repo --untrusted /run/update/${release} image > /dev/null'`;

/** Stages a deployment of it beside the one that runs, as a user does; with the check that the commit is not older. */
const STAGE = 'ostree admin upgrade --stage > /dev/null';

/** Seconds. */
const FETCH = 180;
const WRITE = 90;
const CHECK = 180;

/**
 * Plain ostree, from 2022.7 on. It has no command that puts an older deployment first again: the rollback is the boot
 * loader's menu, and what was picked there stays once the newer deployment is removed (ostree-admin-undeploy(1)).
 */
export const ostree: Family = {
  id: 'ostree',
  updater: 'usr/bin/ostree',
  rollback: "the second entry of the boot loader's menu, then the first deployment is removed",
  room: '/var/lib',
  defaults: 'usr/etc/',
  // A new deployment gets those of the one that runs. Source: ostree 2022.7, ostree-admin-upgrade(1).
  commandLine: null,
  noFallBack: 'nothing counts tries: ostree writes a menu, and no boot loader counts in that',
  tools: {
    // ostree-admin-upgrade(1), "--allow-downgrade". Equal times are no downgrade.
    downgrade: { by: 'time', policy: 'refused', tooOld: /chronologically older/ },
    signed: null,
    changed: null,

    async fetchChanged(guest) {
      const result = await guest.attempt(MOUNT_UPDATE + CHANGE + pull('image'), FETCH);
      if (result.status === NOTHING_NEW)
        throw new TwinproofError('unsupported', 'the update brings no new file');
      return fault(result);
    },
  },
  goBack: null,

  async running(guest) {
    // Not by the kernel's command line: what that names is renamed when the list of deployments is written anew.
    return (await this.deployments(guest)).find(({ booted }) => booted)?.image ?? '';
  },

  async deployments(guest) {
    return listedBy(guest, 'ostree admin status');
  },

  async fetch(guest, release = 'image') {
    return fault(await guest.attempt(MOUNT_UPDATE + pull(release), FETCH));
  },

  async stage(guest) {
    return fault(await guest.attempt(STAGE, WRITE));
  },

  async check(guest) {
    return fault(await guest.attempt('ostree fsck --repo=/sysroot/ostree/repo --quiet > /dev/null', CHECK));
  },

  async keepRunning(guest) {
    return fault(await guest.attempt('ostree admin undeploy 0 > /dev/null', WRITE));
  },
};

/** @param script prints what `ostree admin status` does */
export async function listedBy(guest: GuestChannel, script: string): Promise<Deployment[]> {
  const found: Deployment[] = [];
  for (const { commit, serial, booted, staged } of parseOstreeStatus(await guest.read(script))) {
    const image = digest(await guest.run(`${METADATA} ${commit}`));
    found.push({ name: `${commit}.${serial}`, image: image === '' ? null : image, booted, staged });
  }
  return found;
}

/** ostree prints a variant: a string in single quotes. */
const digest = ({ stdout }: CommandResult): string =>
  /^'(sha256:[0-9a-f]{64})'$/.exec(stdout.toString('utf8').trim())?.[1] ?? '';
