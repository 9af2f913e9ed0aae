/**
 * `import … from 'twinproof/rebuild'`: builds the images of a catalog twice and checks what is claimed of them.
 *
 * @module twinproof/rebuild
 */
import { resolve } from 'node:path';
import { DEFAULT_VARIATIONS } from '../rebuild/environment/vary.ts';
import { portablePath } from '../catalog/portable-path.ts';
import type { Catalog } from '../catalog/types.ts';
import { CLAIMS, longClaims } from '../claims/registry.ts';
import type { Variation } from '../model/variations.ts';
import { planCells } from '../plan/cells.ts';
import { wholePlan } from '../plan/whole-plan.ts';
import type { Summary } from '../record/summary.ts';
import { withSuites } from '../run/read-suites.ts';
import { verify } from '../run/verify.ts';

export type { Summary, Variation };

/** What to build, and how. */
export interface RebuildOptions {
  /** Only subjects that match one of these globs on `image/variant@os/arch`; all when not given. */
  images?: readonly string[];
  /** Only these claims; all that the catalog makes and that do not take long when not given. */
  claims?: readonly string[];
  /** Vitest files with claims of your own (docs/vitest.md). They run in this process, with your rights. */
  suites?: readonly string[];
  /** Run the suites that the catalog names as well. Without, a catalog that names others than `suites` is refused. */
  trustSuites?: boolean;
  /** The claims that take long, too. */
  thorough?: boolean;
  /** Folder for run folders; `results/runs` below the current folder when not given. */
  results?: string;
  /** Subjects at the same time; as many as the machine bears when not given. */
  jobs?: number;
  /** Builds of each subject, 2 or more; 2 when not given. */
  builds?: number;
  /** In what the builds differ on purpose (docs/variations.md); the default set when not given. */
  vary?: readonly Variation[];
  /** Seed of the values that are varied; 0 when not given. */
  seed?: number;
  /** Ends the run: what is being built is removed, and the log is left without its end, to be resumed. */
  signal?: AbortSignal;
}

/** What a run came to. */
export interface RebuildResult {
  /** Absolute path of the run folder; `readRun` of `twinproof/record` reads it. */
  folder: string;
  /** The matrix as `twinproof/summary/v1` (docs/results.md). */
  summary: Summary;
}

/**
 * Builds the subjects of a catalog, compares the twins, checks the claims, and records everything in a run folder. Needs a
 * container engine. That a claim does not hold is no error: `summary` says so. When the process is ended meanwhile, the
 * next run removes the containers that it left.
 * @param given of `openCatalog`
 * @throws TwinproofError `usage` for a selection that fits nothing and suites that are not trusted, `engine-unavailable`, `storage`, `interrupted` once what was
 * under way is removed after `signal` was aborted
 */
export async function rebuild(given: Catalog, options: RebuildOptions = {}): Promise<RebuildResult> {
  const claims = [...(options.claims ?? [])];
  const asked = { files: options.suites ?? [], trustCatalog: options.trustSuites === true };
  const { catalog, claims: known, suites } = await withSuites(given, asked, CLAIMS);
  const long = longClaims(known);
  const leftOut = options.thorough === true ? [] : long.filter((id) => !claims.includes(id));
  const { cells, untouched } = await planCells(catalog, { images: [...(options.images ?? [])], claims });
  const { folder, summary } = await verify({
    catalog,
    cells: cells.map(({ subject, claim }) => ({ subject: subject.id, claim })),
    plan: wholePlan(catalog, { cells, untouched, long: leftOut, claims: known }),
    suites,
    changedSince: null,
    long: { claims: long, leftOut },
    catalogPath: await portablePath(catalog.file ?? catalog.root),
    resultsFolder: resolve(options.results ?? 'results/runs'),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    builds: options.builds ?? 2,
    keep: false,
    seed: options.seed ?? 0,
    vary: options.vary ?? DEFAULT_VARIATIONS,
    shard: null,
    resume: null,
    onStart: () => undefined,
    onMessage: () => undefined,
    signal: options.signal ?? new AbortController().signal,
    ...(options.signal === undefined ? {} : { stop: options.signal }),
  });
  return { folder, summary };
}
