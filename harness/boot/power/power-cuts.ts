import { makeScratch, removeScratch } from '../../engine/scratch.ts';
import { handOver } from '../machine/confined.ts';
import type { System } from '../system/system.ts';
import type { UpdateScenario } from '../update/scenario.ts';
import { type Phase, chooseCuts } from './choose.ts';
import { needFileSystemTools } from './file-systems.ts';
import { recordUpdate } from './record.ts';
import { type Outcome, tryCut } from './try-cut.ts';

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
  { count, seed }: { count: number; seed: number },
): Promise<PowerCuts> {
  needFileSystemTools();
  const folder = await makeScratch(system.owner, 'power');
  try {
    await handOver(folder);
    const recording = await record(system, { family, folder });
    const outcomes: Outcome[] = [];
    for (const cut of chooseCuts(recording.phases, count, seed))
      outcomes.push(await tryCut(cut, { recording, system, family, folder, from, to }));
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
