import type { Family } from '../families/types.ts';
import { outcomeOf } from '../system/outcome.ts';
import type { System } from '../system/system.ts';

/** A rollback as it went; a moment is what was looked at in it. */
export interface RolledBack<Moment> {
  /** What was tried, for people. */
  how: string;
  /** In the old system, when it was started for the first time since. */
  picked: Moment | null;
  /** Why the old system could not be made the one that is started. */
  refused: string | null;
  /** After another start, at which nothing was picked. */
  kept: Moment | null;
  unreachable: string | null;
}

/** What a boot loader's menu offers below the entry that it starts by itself. */
const SECOND = 1;

/** Goes back to the previous release: by a command where the family has one, else in the boot loader's menu. */
export async function goBack<Moment>(
  system: System,
  family: Family,
  look: () => Promise<Moment>,
): Promise<RolledBack<Moment>> {
  const nothing = { how: family.rollback, picked: null, refused: null, kept: null, unreachable: null };
  const reported = await family.goBack?.(system.guest);
  if (typeof reported === 'string') return { ...nothing, refused: reported };
  await system.shutDown();
  const pick = family.goBack === null ? SECOND : 0;
  if ((await system.entries()).length <= pick) return { ...nothing, refused: 'there is no second entry' };
  const first = await outcomeOf(system.boot({ pick }));
  if (first.reason !== null) return { ...nothing, unreachable: first.reason };
  const picked = await look();
  const refused = await family.keepRunning(system.guest);
  if (refused !== null) return { ...nothing, picked, refused };
  const second = await outcomeOf(system.restart());
  const kept = second.reason === null ? await look() : null;
  return { ...nothing, picked, kept, unreachable: second.reason };
}
