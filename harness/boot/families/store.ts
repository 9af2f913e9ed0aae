import { TwinproofError } from '../../errors.ts';
import type { GuestChannel } from '../guest/channel.ts';
import type { Family } from './types.ts';

/** A store of releases as it was looked over. */
export interface Store {
  /** What is wrong with it; null when nothing is known to be. */
  check: string | null;
  /** Why what it holds could not be read back; null when it was. */
  unread: string | null;
}

/** Looks a store over. One that cannot be read back takes nothing away from what else was found of its system. */
export async function lookAtStore(guest: GuestChannel, family: Pick<Family, 'check'>): Promise<Store> {
  try {
    return { check: await family.check(guest), unread: null };
  } catch (error) {
    if (error instanceof TwinproofError && error.code === 'unsupported')
      return { check: null, unread: error.message };
    throw error;
  }
}
