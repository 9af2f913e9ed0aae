import type { Family } from '../families/types.ts';
import type { System } from '../system/system.ts';
import type { Badness } from './bad-releases.ts';

/** One start after a bad release was staged. */
export interface Try {
  /** Names of the boot loader's entries before it, as they are on the disk. */
  entries: string[];
  /** Why no command runs after it; null when commands run. */
  reason: string | null;
  /** What is on the console's last lines, of a start that failed. */
  console: string;
}

/** What became of a bad release. */
export interface FellBack {
  release: Badness;
  /** Digest of its manifest. */
  image: string;
  /** Why it could not be staged. */
  refused: string | null;
  tries: Try[];
  /** Entries at the end. */
  entries: string[];
  /** What runs at the end; null when nothing does. */
  running: string | null;
  /** What systemd says then. */
  state: string | null;
}

/** A release that must not stay. */
export interface BadRelease {
  release: Badness;
  image: string;
}

/** The release that must run in the end. */
export interface Good {
  /** Digest of its manifest. */
  image: string;
  /** What systemd says of it. */
  state: string | null;
}

/** Starts that a bad release is given: boot loaders count to three where nobody says otherwise, and one more is the old one's. */
const STARTS = 5;
const TAIL = 2000;
/** Seconds in which a system that is up, but not well, may think better of it. */
const SECOND_THOUGHTS = 60;

/**
 * Updates a system that runs to a release that is bad, and starts it, each time cold, until something comes up. Nothing is
 * chosen on the way: what is started is the boot loader's own doing.
 */
export async function tryBadRelease(
  system: System,
  family: Family,
  { release, image, good }: BadRelease & { good: Good },
): Promise<FellBack> {
  system.note('offered', `a release that ${release === 'panics' ? 'cannot start' : 'is not well'}`);
  const refused = (await family.fetch(system.guest, release)) ?? (await family.stage(system.guest));
  const nothing = { release, image, refused, tries: [], entries: [], running: null, state: null };
  if (refused !== null) return nothing;
  await system.shutDown();
  const tries: Try[] = [];
  while (tries.length < STARTS) {
    const entries = await names(system);
    const { state } = await system.boot();
    const reason = await endOfStart(system, good);
    const console = reason === null ? '' : system.console.toString('utf8').slice(-TAIL);
    tries.push({ entries, reason, console });
    if (reason === null) {
      const running = await family.running(system.guest);
      const left = (await family.deployments(system.guest)).map(({ name }) => name);
      return { ...nothing, tries, entries: left, running, state };
    }
    await system.endAsItIs();
  }
  return { ...nothing, tries, entries: await names(system) };
}

/** Why the last start came to nothing; null when it did not. A system that finds itself not well may start again by itself. */
async function endOfStart(system: System, good: Good): Promise<string | null> {
  const { reason, state } = system.last;
  if (reason !== null || state === good.state) return reason;
  return (await system.endsWithin(SECOND_THOUGHTS)) ? `it ended after systemd said ${state ?? ''}` : null;
}

const names = async (system: System): Promise<string[]> => (await system.entries()).map(({ name }) => name);

/** What was not as it must be; one line each. */
export function fallBackFaults(
  { release, image, refused, tries, running, state }: FellBack,
  good: Good,
): string[] {
  const what = `the release that ${release === 'panics' ? 'cannot start' : 'starts with a failed unit'}`;
  if (refused !== null) return [`${what} was not taken: ${refused}`];
  const failed = tries.filter(({ reason }) => reason !== null).length;
  if (running === null) return [`${what} was started ${failed} times, and nothing else`];
  if (running === image) return [`${what} stays`];
  if (running !== good.image) return [`after ${what}, it says that it runs ${running || 'nothing'}`];
  return [
    ...(failed === 0 ? [`${what} was never started`] : []),
    ...(state === good.state ? [] : [`after ${what}, systemd says ${state ?? 'nothing'}`]),
  ];
}
