import { availableParallelism } from 'node:os';
import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { handOver } from '../machine/confined.ts';
import type { System } from '../system/system.ts';
import type { UpdateScenario } from '../update/scenario.ts';
import { type Cut, type Phase, chooseCuts } from './choose.ts';
import { needFileSystemTools } from './file-systems.ts';
import { recordUpdate } from './record.ts';
import { type Outcome, tryCut } from './try-cut.ts';

/** A start keeps one processor busy, and each machine needs its memory. */
const AT_A_TIME = Math.min(4, availableParallelism());

export interface PowerCuts {
  phases: Phase[];
  outcomes: Outcome[];
}

/**
 * Updates a copy of the system while all that it writes is logged; then, for each of a number of moments, makes the disk
 * as a power cut at that moment would have left it, and starts it.
 */
export async function cutPower(
  system: System,
  { family, from, to }: UpdateScenario,
  { count, seed, onStep }: { count: number; seed: number; onStep: (step: string) => void },
): Promise<PowerCuts> {
  needFileSystemTools();
  const folder = await makeScratch(system.owner, 'power');
  try {
    await handOver(folder);
    onStep('power cuts: recording an update');
    const recording = await record(system, { family, folder });
    const cuts = chooseCuts(recording.phases, count, seed);
    const outcomes = await inLanes(cuts, (cut, number) => {
      onStep(`power cuts: ${number + 1} of ${cuts.length}, ${cut.phase}`);
      return tryCut(cut, { recording, system, family, folder, number, from, to });
    });
    return { phases: recording.phases, outcomes };
  } finally {
    await removeScratch(folder);
  }
}

async function record(
  system: System,
  { family, folder }: { family: UpdateScenario['family']; folder: string },
): ReturnType<typeof recordUpdate> {
  await using copy = await system.clone();
  return await recordUpdate(copy, family, folder);
}

/** Tries some at a time, in order. After an error nothing more is begun, and what has begun is waited for. */
async function inLanes(
  cuts: Cut[],
  work: (cut: Cut, number: number) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = cuts.entries();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const [number, cut] of left) {
      if (failed) return;
      try {
        outcomes[number] = await work(cut, number);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_A_TIME }, lane));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return outcomes;
}
