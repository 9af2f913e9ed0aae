import { TwinproofError } from '../../errors.ts';
import type { GuestChannel } from '../guest/channel.ts';
import { type BootcStatus, parseBootcStatus } from './bootc-status.ts';
import { objectsReadBack } from './composefs-objects.ts';
import { MOUNT_UPDATE, NO_CHECK, fault } from './scripts.ts';
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
  rollback: 'bootc rollback',
  room: '/var/lib',
  defaults: 'usr/etc/',
  // It takes them from usr/lib/bootc/kargs.d; not looked at, for no such guest was had.
  commandLine: null,
  noFallBack: 'bootc counts no tries, and which boot loader counts them is not asked',
  tools: {
    // It compares digests, and no times: bootc-upgrade(8), bootc-switch(8).
    downgrade: { by: 'digest', policy: 'allowed', tooOld: /chronologically older/ },
    signed: null,
    changed: null,

    fetchChanged() {
      throw new TwinproofError('unsupported', 'which blobs of a release bootc reads is not known beforehand');
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
    const command = `bootc switch --quiet --transport oci '/run/update/${release}' > /dev/null`;
    return fault(await guest.attempt(MOUNT_UPDATE + command, FETCH));
  },

  async stage(guest) {
    const staged = (await askBootc(guest)).deployments.some((one) => one.staged);
    return staged ? null : 'bootc has nothing staged';
  },

  async check(guest) {
    return fault(await guest.attempt(CHECK_STORE, CHECK));
  },

  async goBack(guest) {
    return fault(await guest.attempt('bootc rollback > /dev/null', WRITE));
  },

  keepRunning() {
    // What `bootc rollback` puts first stays first.
    return Promise.resolve(null);
  },
};
