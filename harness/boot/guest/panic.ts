import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { PANIC } from './console-patterns.ts';

/** More than the longest line that is looked for. */
const KEPT = 200;

/**
 * Watches a console for a panic of the kernel.
 * @param grace seconds from there on
 * @param signal ends the watch
 * @returns whether there was one, and the watch went on for so long after it
 */
export async function stuckInPanic(
  console: Readable,
  { grace, signal }: { grace: number; signal: AbortSignal },
): Promise<boolean> {
  let seen = '';
  const panic = new Promise<void>((resolve) => {
    const watch = (piece: Buffer): void => {
      seen = (seen + piece.toString('latin1')).slice(-KEPT - piece.length);
      if (PANIC.test(seen)) resolve();
    };
    console.on('data', watch);
    signal.addEventListener('abort', () => {
      console.off('data', watch);
      resolve();
    });
  });
  await panic;
  await setTimeout(grace * 1000, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
