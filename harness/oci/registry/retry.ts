import { setTimeout as sleep } from 'node:timers/promises';
import { TransferFault } from '../../net/transfer-fault.ts';
import type { Patience } from './types.ts';

export const PATIENCE: Patience = { stall: 30_000, tries: 5, pause: 500, longest: 60_000 };

/**
 * Waits before the next try, as long as the server asked for or a little longer each time.
 * @param tries that there were without progress
 * @throws the fault itself when another try is of no use
 */
export async function pauseAfter(fault: unknown, tries: number, patience: Patience): Promise<void> {
  if (!(fault instanceof TransferFault) || fault.kind !== 'broken' || tries >= patience.tries) throw fault;
  if (fault.wait !== null && fault.wait > patience.longest) {
    const { status, wait } = fault;
    throw new TransferFault('broken', `${fault.message}; asks to come back in ${Math.ceil(wait / 1000)} s`, {
      status,
    });
  }
  await sleep(Math.min(Math.max(fault.wait ?? 0, patience.pause * 2 ** (tries - 1)), patience.longest));
}

/** Repeats what was broken off. @throws what the last try threw */
export async function retrying<T>(patience: Patience, once: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await once();
    } catch (fault) {
      await pauseAfter(fault, tries, patience);
    }
  }
}
