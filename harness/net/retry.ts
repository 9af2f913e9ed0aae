import { setTimeout as sleep } from 'node:timers/promises';
import type { Patience } from './patience.ts';
import { TransferFault } from './transfer-fault.ts';

/**
 * Milliseconds to wait before the next try: as long as the server asked for, or a little longer each time.
 * @param tries that there were without progress, 1 after the first
 * @throws the fault itself when another try is of no use
 */
export function pauseAfter(fault: unknown, tries: number, patience: Patience): number {
  if (!(fault instanceof TransferFault) || fault.kind !== 'broken' || tries >= patience.tries) throw fault;
  if (fault.wait !== null && fault.wait > patience.longest) {
    const { status, wait } = fault;
    throw new TransferFault('broken', `${fault.message}; asks to come back in ${Math.ceil(wait / 1000)} s`, {
      status,
    });
  }
  return Math.min(Math.max(fault.wait ?? 0, patience.pause * 2 ** (tries - 1)), patience.longest);
}

/** Repeats what was broken off. @throws what the last try threw; an AbortError once the signal says so */
export async function retrying<T>(
  patience: Patience,
  once: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await once();
    } catch (fault) {
      await sleep(pauseAfter(fault, tries, patience), undefined, signal === undefined ? {} : { signal });
    }
  }
}
