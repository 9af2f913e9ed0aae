import type { GuestChannel } from '../guest/channel.ts';
import { TwinproofError } from '../../errors.ts';
import { ab } from './ab.ts';
import type { BootcStatus } from './bootc-status.ts';
import { askBootc, bootc } from './bootc.ts';
import { guestSlots } from './guest-slots.ts';
import { ostree } from './ostree.ts';
import { sysupdate } from './sysupdate.ts';
import type { Family } from './types.ts';

/** The family of a system that was not installed here. */
export interface Detected {
  family: Family | null;
  /** Why there is none; empty where there is one. */
  reason: string;
  /** Why it is not updated, where it is of a family: behind the back of what updates it. */
  noUpdate: string | null;
  /** What bootc says of a system that it updates. */
  bootc?: BootcStatus;
}

/** Prints a word for everything that a family is recognised by. `/run/ostree-booted`: ostree-prepare-root(1). */
const SIGNS = `! command -v bootc > /dev/null || echo bootc
{ [ ! -e /run/ostree-booted ] || ! command -v ostree > /dev/null; } || echo ostree
{ ! grep -q 'root=PARTLABEL=[^ ]* .*image=sha256:' /proc/cmdline || [ ! -d /efi/loader/entries ]; } || echo ab`;

/** Asks a running guest which family it is of. What has bootc may not have been installed by it, and says so. */
export async function detectFamily(guest: GuestChannel): Promise<Detected> {
  const signs = (await guest.read(SIGNS)).split('\n');
  const has = ({ id }: Family): boolean => signs.includes(id);
  const asked = has(bootc) ? await statusOf(guest) : null;
  if (typeof asked === 'object' && asked !== null)
    return { family: bootc, reason: '', noUpdate: null, bootc: asked };
  const noUpdate = asked;
  if (has(ostree)) return { family: ostree, reason: '', noUpdate };
  if (noUpdate !== null) return { family: null, reason: noUpdate, noUpdate };
  if (!has(ab)) return { family: null, reason: 'neither bootc, ostree nor two slots update it', noUpdate };
  const slots = await guestSlots(guest);
  return typeof slots === 'string'
    ? { family: ab, reason: '', noUpdate: slots }
    : { family: sysupdate(slots, null), reason: '', noUpdate };
}

/** A string says why it is not bootc's. */
async function statusOf(guest: GuestChannel): Promise<BootcStatus | string> {
  try {
    const status = await askBootc(guest);
    return status.managed ? status : 'it has bootc, which says that it does not run from it';
  } catch (error) {
    if (error instanceof TwinproofError && error.code === 'unsupported') return error.message;
    throw error;
  }
}
