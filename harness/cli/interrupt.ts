import type { Owner } from '../engine/owner.ts';
import type { Engine } from '../engine/runtime.ts';
import { sweep } from '../engine/sweep.ts';
import { tell } from './output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ctrl-C ends containers, removes scratch folders, keeps what was recorded, and exits 130. A second one
 * exits at once; the next start sweeps up then.
 */
export function onInterrupt(): {
  armed: (run: { engine: Engine; owner: Owner; folder: string }) => void;
  disarm: () => void;
  signal: AbortSignal;
} {
  let run: { engine: Engine; owner: Owner; folder: string } | undefined;
  const asked = new AbortController();
  const interrupted = (): void => {
    if (asked.signal.aborted) process.exit(130);
    asked.abort();
    void end();
  };
  const end = async (): Promise<void> => {
    if (run !== undefined) {
      const { run: id } = run.owner;
      tell(`interrupted; cleaning up (continue later with --resume ${run.folder})\n`);
      // Twice: a container that was just being made when the first sweep looked is found by the second.
      for (let round = 0; round < 2; round += 1) {
        await sweep(run.engine, (owner) => owner.run === id).catch(() => undefined);
      }
    }
    process.exit(130);
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);
  return {
    signal: asked.signal,
    armed: (started) => {
      run = started;
    },
    disarm: () => {
      for (const signal of SIGNALS) process.off(signal, interrupted);
    },
  };
}
