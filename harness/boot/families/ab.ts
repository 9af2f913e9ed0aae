import { TwinproofError } from '../../errors.ts';
import { inOneFile } from './command-line.ts';
import { LIST_ENTRIES, slotDeployments } from './ab-entries.ts';
import { fault } from './scripts.ts';
import type { Family } from './types.ts';

/** The partition that the kernel was told of is the one that is the root. */
const RUNNING = `slot=$(sed -n 's/.*\\broot=PARTLABEL=\\([^ ]*\\) .*/\\1/p' /proc/cmdline)
[ "$(findmnt --noheadings --output PARTLABEL /)" = "$slot" ]
sed -n 's/.* image=\\(sha256:[0-9a-f]*\\).*/\\1/p' /proc/cmdline`;

/** Seconds. */
const WRITE = 90;

const noUpdater = (): never => {
  throw new TwinproofError('unsupported', 'no tool of the image updates its slots');
};

/**
 * Two slots, one of which runs, with systemd-boot choosing by its entries, from systemd 252 on. What updates them, where
 * something does, is a family of its own.
 */
export const ab: Family = {
  id: 'ab',
  updater: null,
  rollback: "the second entry of the boot loader's menu, then that one is made the default",
  room: '/var/lib',
  defaults: null,
  // Where kernel-install(8) looks, of what an image can have.
  commandLine: inOneFile('usr/lib/kernel/cmdline'),
  noFallBack: null,
  tools: null,
  goBack: null,

  async running(guest) {
    const { status, stdout } = await guest.run(RUNNING);
    return status === 0 ? (/^sha256:[0-9a-f]{64}$/.exec(stdout.toString('utf8').trim())?.[0] ?? '') : '';
  },

  async deployments(guest) {
    return slotDeployments(await guest.read(LIST_ENTRIES), await guest.read('cat /proc/cmdline'));
  },

  fetch: noUpdater,
  stage: noUpdater,
  check: noUpdater,

  async keepRunning(guest) {
    // bootctl(1): `@current` is the entry that runs.
    return fault(await guest.attempt('bootctl set-default @current > /dev/null', WRITE));
  },
};
