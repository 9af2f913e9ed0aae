import { TwinproofError } from '../../errors.ts';
import type { GuestChannel } from '../guest/channel.ts';
import { type BootcStatus, parseBootcStatus } from './bootc-status.ts';
import { inKargsFolder } from './command-line.ts';
import { objectsReadBack } from './composefs-objects.ts';
import { MOUNT_UPDATE, NOTHING_NEW, NO_CHECK, fault } from './scripts.ts';
import type { Family } from './types.ts';

const STATUS = 'bootc status --format=json';

/** What bootc says of the running system. @throws TwinproofError `unsupported` when it says it in an unknown form */
export async function askBootc(guest: GuestChannel): Promise<BootcStatus> {
  return parseBootcStatus(Buffer.from(await guest.read(STATUS, 60)));
}

/**
 * Reads all that the store of either backend holds. `bootc internals fsck` reads no content: of ostree's objects it asks
 * whether fs-verity is on, and of those of composefs nothing. Seen with bootc 1.16.9; ostree-prepare-root(1) has the sign.
 */
const CHECK_STORE = `set -u
unread() { echo "$1" >&2; exit ${NO_CHECK}; }
if [ -e /run/ostree-booted ]; then
    command -v ostree > /dev/null || unread 'there is no ostree'
    ostree fsck --repo=/sysroot/ostree/repo --quiet > /dev/null
else
    ${objectsReadBack('/sysroot/composefs/objects')}
fi`;

/**
 * Prints a blob that bootc must read to take a release: with ostree the last layer which no branch of the repository holds
 * (ostree-ext names them so), nothing where all are there; with composefs, whose repository does not tell, the config, which is
 * read of every image that is not there yet.
 * @param blobs file with what there are (oci-layouts.ts)
 * @param booted file that is there where ostree keeps the systems
 */
export const mustRead = (blobs: string, booted: string): string => `if [ -e ${booted} ]; then
    branches=$(ostree refs --repo=/sysroot/ostree/repo)
    sed -n 's/^layer //p' ${blobs} | while read -r layer; do
        echo "$branches" | grep -q "container/blob/sha256_3A_$layer$" || echo "$layer"
    done | tail -n 1
else
    sed -n 's/^config //p' ${blobs}
fi`;

/** Lays a copy with another first byte over such a blob; 77 is the exit code where all is there. */
const CHANGE_BLOB = `blob=$(${mustRead('/run/update/image.blobs', '/run/ostree-booted')})
[ -n "$blob" ] || exit ${NOTHING_NEW}
cp "/run/update/image/blobs/sha256/$blob" /run/changed-blob
printf '\\377' | dd of=/run/changed-blob bs=1 count=1 conv=notrunc status=none
mount --bind /run/changed-blob "/run/update/image/blobs/sha256/$blob"
`;

const takeOver = (release: string): string =>
  `bootc switch --quiet --transport oci '/run/update/${release}' > /dev/null`;

/** Has bootc turn the order of the previous release and the one that runs round. */
const TURN = 'bootc rollback > /dev/null';

/** Seconds. */
const FETCH = 600;
const WRITE = 180;
const CHECK = 600;

/**
 * Systems that bootc updates, from 1.0 on. Source of all commands: bootc-switch(8), bootc-rollback(8), bootc-status(8). The
 * update disk holds an OCI layout for each release.
 */
export const bootc: Family = {
  id: 'bootc',
  updater: 'usr/bin/bootc',
  rollback: 'bootc rollback, which is undone and done again first',
  room: '/var/lib',
  defaults: 'usr/etc/',
  commandLine: inKargsFolder,
  noFallBack: 'bootc counts no tries, and which boot loader counts them is not asked',
  tools: {
    // It compares digests, and no times: bootc-upgrade(8), bootc-switch(8).
    downgrade: { by: 'digest', policy: 'allowed', tooOld: /chronologically older/ },
    signed: null,
    changed: /digest|checksum|corrupt|mismatch|invalid|unexpected/i,

    async fetchChanged(guest) {
      const result = await guest.attempt(MOUNT_UPDATE + CHANGE_BLOB + takeOver('image'), FETCH);
      if (result.status === NOTHING_NEW)
        throw new TwinproofError('unsupported', 'the update brings no layer that is not there');
      return fault(result);
    },
  },

  async running(guest) {
    return (await askBootc(guest)).deployments.find(({ booted }) => booted)?.image ?? '';
  },

  async deployments(guest) {
    return (await askBootc(guest)).deployments;
  },

  async fetch(guest, release = 'image') {
    // It also stages: to do that apart takes `--download-only`, which few versions have for a switch.
    return fault(await guest.attempt(MOUNT_UPDATE + takeOver(release), FETCH));
  },

  async stage(guest) {
    const { staged } = await askBootc(guest);
    if (staged === 'downloadOnly') return 'bootc has it downloaded only, and the next start does not take it';
    return staged === 'staged' ? null : 'bootc has nothing staged';
  },

  async check(guest) {
    return fault(await guest.attempt(CHECK_STORE, CHECK));
  },

  // Once, undone by the same command, and once more: bootc-rollback(8).
  async goBack(guest) {
    for (const queued of [true, false, true]) {
      const reason = fault(await guest.attempt(TURN, WRITE));
      if (reason !== null) return reason;
      const { rollbackQueued } = await askBootc(guest);
      if (rollbackQueued !== queued)
        return queued
          ? 'bootc rollback ended well, and the previous release is not what the next start takes'
          : 'bootc rollback did not undo itself when it was run again';
    }
    return null;
  },

  keepRunning() {
    // What `bootc rollback` puts first stays first.
    return Promise.resolve(null);
  },
};
