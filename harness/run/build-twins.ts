import { setTimeout } from 'node:timers/promises';
import type { TwinEnvironment } from '../rebuild/environment/types.ts';
import { buildTwin, scratchOf } from '../rebuild/twin.ts';
import type { TwinBuild } from '../rebuild/types.ts';
import { Limiter } from './limiter.ts';
import { placeFailure } from './place-failure.ts';
import type { Prepared } from './prepare-subject.ts';
import type { Session } from './session.ts';

/** Builds that run at the same time where the machine has more than one CPU. */
const PARALLEL = 2;

/** One build for each environment, each with a scratch folder of the twin's name. */
export async function buildTwins(
  session: Session,
  prepared: Prepared,
  environments: readonly TwinEnvironment[],
): Promise<TwinBuild[]> {
  const { engine, input } = session;
  const limiter = new Limiter(input.parallelTwins ? PARALLEL : 1);
  const started = Date.now();
  const builds = environments.map((environment) =>
    limiter.run(async () => {
      const { twin } = environment.record;
      await setTimeout(Math.max(0, started + environment.settings.delay * 1000 - Date.now()));
      const folder = scratchOf(prepared.scratch, twin);
      const build = await buildTwin(engine, input.owner, { ...prepared, twin, folder, environment });
      return placeFailure(build, prepared.subject, input.catalog.root);
    }),
  );
  return allSettled(builds);
}

/** Waits for all before the first failure is thrown, so that no build still runs when its scratch space goes. */
async function allSettled<T>(work: Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
