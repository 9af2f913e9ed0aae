import { randomOf } from './cut.ts';

/** A stretch of an update, recognised by the writes that were done in it. */
export interface Phase {
  name: 'fetch' | 'stage' | 'finalise' | 'switch' | 'first start';
  /** Number of the start of the machine. */
  start: number;
  /** Numbers of the first write of the phase and of the first one after it. */
  from: number;
  to: number;
}

/** A moment at which the power is cut. */
export interface Cut {
  phase: Phase['name'];
  start: number;
  /** Writes and flushes done by then. */
  done: number;
  /** Decides which of the writes that were not flushed are on the disk. */
  seed: number;
}

/** Chooses moments, the same for the same seed: from all phases in turn, within each anywhere. */
export function chooseCuts(phases: Phase[], count: number, seed: number): Cut[] {
  const random = randomOf(seed);
  const usable = phases.filter(({ from, to }) => to > from);
  const cuts: Cut[] = [];
  while (cuts.length < count && usable.length > 0) {
    for (const { name, start, from, to } of usable.slice(0, count - cuts.length)) {
      const done = from + 1 + Math.floor(random() * (to - from));
      cuts.push({ phase: name, start, done, seed: Math.floor(random() * 2 ** 32) });
    }
  }
  return cuts;
}
