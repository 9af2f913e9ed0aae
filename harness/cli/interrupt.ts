import type { Owner } from '../engine/owner.ts';
import type { Engine } from '../engine/port.ts';
import { tell } from './output.ts';

interface Armed {
  /** Null where no containers are made. */
  engine: Engine | null;
  owner: Owner;
  /** Ends what the run does on other machines. */
  elsewhere?: () => Promise<void>;
  /** Folder of a run that its command can resume. */
  resumable?: string;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ctrl-C ends containers, removes scratch folders, keeps what was recorded, and exits 130. A second one
 * exits at once; the next start sweeps up then.
 * @param lastWords says what is known by then, before all else
 */
export function onInterrupt(lastWords?: () => Promise<void>): {
  armed: (run: Armed) => void;
  disarm: () => void;
  signal: AbortSignal;
} {
  let run: Armed | undefined;
  const asked = new AbortController();
  const interrupted = (): void => {
    if (asked.signal.aborted) process.exit(130);
    asked.abort();
    void end();
  };
  const end = async (): Promise<void> => {
    await lastWords?.().catch(() => undefined);
    if (run !== undefined) {
      const { run: id } = run.owner;
      const later = run.resumable === undefined ? '' : ` (continue later with --resume ${run.resumable})`;
      tell(`interrupted; cleaning up${later}\n`);
      // Loaded only now: what needs no engine should not load its client.
      const { sweep } = await import('../engine/sweep.ts');
      // Twice: a container that was just being made when the first sweep looked is found by the second.
      for (let round = 0; round < 2; round += 1) {
        await sweep(run.engine, (owner) => owner.run === id).catch(() => undefined);
      }
      await run.elsewhere?.().catch(() => undefined);
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
