import type { TwinBuild } from '../rebuild/types.ts';
import type { CellError, Evidence } from '../record/events.ts';
import type { Finding } from './types.ts';

/** The first build that left no image, if any: nothing may be compared then. */
export function failedBuild(builds: TwinBuild[]): { build: TwinBuild; error: CellError } | undefined {
  for (const build of builds) {
    if (!build.outcome.built) return { build, error: build.outcome.error };
  }
  return undefined;
}

/** The build that claims about one image look at, or why there is none: all must be built for any to count. */
export function firstBuild(builds: TwinBuild[]): { build: TwinBuild } | { error: CellError } {
  const failed = failedBuild(builds);
  if (failed !== undefined) return { error: failed.error };
  const [build] = builds;
  return build === undefined ? { error: { code: 'internal', message: 'nothing was built' } } : { build };
}

export const undecided = (error: CellError, evidence: Evidence[]): Finding => ({
  verdict: 'error',
  error,
  summary: error.message,
  detail: {},
  evidence,
});
