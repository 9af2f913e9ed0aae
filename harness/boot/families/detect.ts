import type { GuestChannel } from '../guest/channel.ts';
import { TwinproofError } from '../../errors.ts';
import { ab } from './ab.ts';
import { askBootc, bootc } from './bootc.ts';
import { ostree } from './ostree.ts';
import type { Family } from './types.ts';

/** The family of a system that was not installed here. */
export interface Detected {
  family: Family | null;
  /** Why there is none; empty where there is one. */
  reason: string;
}

/** Prints a word for everything that a family is recognised by. `/run/ostree-booted`: ostree-prepare-root(1). */
const SIGNS = `! command -v bootc > /dev/null || echo bootc
{ [ ! -e /run/ostree-booted ] || ! command -v ostree > /dev/null; } || echo ostree
{ ! grep -q 'root=PARTLABEL=[^ ]* .*image=sha256:' /proc/cmdline || [ ! -d /efi/loader/entries ]; } || echo ab`;

/** Asks a running guest which family it is of. What has bootc may not have been installed by it, and says so. */
export async function detectFamily(guest: GuestChannel): Promise<Detected> {
  const signs = (await guest.read(SIGNS)).split('\n');
  const has = ({ id }: Family): boolean => signs.includes(id);
  if (has(bootc)) {
    const reason = await whyNotBootc(guest);
    if (reason === null) return { family: bootc, reason: '' };
    if (!has(ostree)) return { family: null, reason };
  }
  const family = [ostree, ab].find(has) ?? null;
  return { family, reason: family === null ? 'neither bootc, ostree nor two slots update it' : '' };
}

async function whyNotBootc(guest: GuestChannel): Promise<string | null> {
  try {
    return (await askBootc(guest)).managed ? null : 'it has bootc, which says that it does not run from it';
  } catch (error) {
    if (error instanceof TwinproofError && error.code === 'unsupported') return error.message;
    throw error;
  }
}
