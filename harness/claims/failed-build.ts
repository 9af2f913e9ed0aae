import type { TwinBuild } from '../build/types.ts';
import type { CellError } from '../record/events.ts';

/** The first build that left no image, if any: nothing may be compared then. */
export function failedBuild(builds: TwinBuild[]): { build: TwinBuild; error: CellError } | undefined {
  for (const build of builds) {
    if (!build.outcome.built) return { build, error: build.outcome.error };
  }
  return undefined;
}
