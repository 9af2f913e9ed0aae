import { Command, Option } from 'commander';
import { CLAIMS, leftOutClaims, longClaims } from '../claims/registry.ts';
import { DEFAULT_VARIATIONS, parseVary } from '../rebuild/environment/vary.ts';
import type { Claim } from '../claims/types.ts';
import { TwinproofError } from '../errors.ts';
import type { Registry } from '../model/registry.ts';
import { portablePath } from '../catalog/portable-path.ts';
import { openCatalog } from '../catalog/open.ts';
import type { Cell, Selection } from '../plan/types.ts';
import { MAX_BUILDS } from '../record/job.ts';
import type { PlannedCell } from '../record/planned.ts';
import type { WithSuites } from '../run/read-suites.ts';
import { type CatalogOptions, addCatalogOptions, openOptions } from './catalog-options.ts';
import { type ClusterRunFlags, addClusterRunOptions, clusterSettings } from './cluster-options.ts';
import { onInterrupt } from './interrupt.ts';
import { MAX_SEED, collect, wholeNumber } from './options.ts';
import { tell } from './output.ts';
import { printRun } from './print-run.ts';
import { showProgress } from './progress.ts';
import type { ClusterSettings } from '../kubernetes/settings.ts';
import type { Variation } from '../model/variations.ts';

interface Options extends CatalogOptions, ClusterRunFlags {
  image: string[];
  claim: string[];
  suite: string[];
  trustSuites: boolean;
  changedSince?: string;
  jobs?: number;
  builds: number;
  seed: number;
  vary: Variation[];
  shard?: string;
  resume?: string;
  results: string;
  thorough: boolean;
  keep: boolean;
  json: boolean;
  quiet: boolean;
  color: boolean;
}

/** More would wait for one another, whatever the machine. */
const MAX_JOBS = 1000;
/** @param claims what `--claim` offers, and what is checked by the suites that are run */
export function verifyCommand(claims: Registry<Claim> = CLAIMS): Command {
  return addClusterRunOptions(addCatalogOptions(new Command('verify')))
    .description('build the images of a catalog twice, compare them, check their claims, print the matrix')
    .argument(
      '[catalog]',
      'catalog file, or a folder that holds one or is laid out like Project Hummingbird',
      '.',
    )
    .option(
      '--image <selection>',
      'only subjects that match this glob on image/variant@os/arch (repeatable)',
      collect,
      [],
    )
    .addOption(
      new Option('--claim <id>', 'only this claim (repeatable)')
        .choices(claims.ids)
        .argParser(collect)
        .default([]),
    )
    .option(
      '--suite <file>',
      'a Vitest file with claims of your own; it runs on this machine with your rights (repeatable)',
      collect,
      [],
    )
    .option('--trust-suites', 'run the suites that the catalog names, too', false)
    .option('--changed-since <rev>', 'only subjects whose inputs changed since this git revision')
    .option('--jobs <n>', 'subjects at the same time', wholeNumber(1, MAX_JOBS))
    .option('--builds <n>', 'builds of each subject', wholeNumber(2, MAX_BUILDS), 2)
    .option(
      '--vary <variations>',
      'what varies between the builds: names, all, none, or +name and -name from the default set',
      parseVary,
      [...DEFAULT_VARIATIONS],
    )
    .option('--seed <n>', 'seed of the values that are varied', wholeNumber(0, MAX_SEED), 0)
    .option('--shard <i/n>', 'the i-th of n parts of the catalog')
    .option('--resume <run>', 'take over the finished cells of this run folder')
    .option('--thorough', 'the long scenarios too; without, only those that --claim names', false)
    .option('--results <dir>', 'folder for run folders', 'results/runs')
    .option('--keep', 'keep what the builds left in the scratch folder', false)
    .option('--json', 'print the summary as JSON', false)
    .option('--quiet', 'no progress', false)
    .option('--no-color', 'no colours')
    .action((path: string, options: Options) => run(path, options, claims));
}

async function run(path: string, options: Options, bundled: Registry<Claim>): Promise<void> {
  const { keepHeapsSmall } = await import('../run/small-heaps.ts');
  keepHeapsSmall();
  // Vitest and the plan are loaded when they are needed: the other commands start faster without.
  const { planCells } = await import('../plan/cells.ts');
  const { shardCells } = await import('../plan/shard.ts');
  const { wholePlan } = await import('../plan/whole-plan.ts');
  const { verify } = await import('../run/verify.ts');
  const cluster = clusterSettings(options);
  const { catalog, claims, suites } = await open(path, options, bundled);
  if (cluster !== null) requireCarried(options, suites);
  const { cells: whole, untouched, changedSince } = await planCells(catalog, selectionOf(options));
  const cells = options.shard === undefined ? whole : shardCells(whole, options.shard);
  // A selection that fits nothing in the catalog is refused by now: here nothing changed, or the shard is empty.
  const nothing = cells.length === 0;
  const progress = showProgress({ live: process.stderr.isTTY && !options.quiet, quiet: options.quiet });
  const stop = onInterrupt();
  try {
    const { folder, summary } = await verify({
      catalog,
      cells: cells.map(plannedCell),
      suites,
      plan: wholePlan(catalog, { cells: whole, untouched, long: leftOutClaims(claims, options), claims }),
      changedSince,
      long: { claims: longClaims(claims), leftOut: leftOutClaims(claims, options) },
      catalogPath: await portablePath(path),
      resultsFolder: options.results,
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      builds: options.builds,
      keep: options.keep,
      seed: options.seed,
      vary: options.vary,
      shard: options.shard === undefined ? null : { part: options.shard, whole: whole.map(plannedCell) },
      resume: options.resume ?? null,
      ...(cluster === null ? {} : { cluster, catalogWords: wordsOf(options) }),
      onStart: (started) => {
        const elsewhere = cluster === null ? {} : { elsewhere: () => endJobs(cluster, started.owner.run) };
        stop.armed({ ...started, ...elsewhere, resumable: started.folder });
        progress.start(started);
      },
      onMessage: progress.message,
      signal: stop.signal,
    });
    await progress.stop();
    if (nothing) tell('nothing to verify\n');
    printRun(folder, summary, options);
    if (nothing) process.exitCode = 0;
  } finally {
    await progress.stop();
    stop.disarm();
  }
}

/** The catalog, with what suites of the user's claim of it. */
async function open(path: string, options: Options, bundled: Registry<Claim>): Promise<WithSuites> {
  const { withSuites } = await import('../run/read-suites.ts');
  const otherClaims = options.suite.length > 0 ? { otherClaims: true } : {};
  const catalog = await openCatalog(path, { ...openOptions(options, bundled), ...otherClaims });
  return withSuites(catalog, { files: options.suite, trustCatalog: options.trustSuites }, bundled);
}

/** The options that pods open the catalog with. */
const wordsOf = ({ builder, privileges, resolveBuilder }: Options): string[] => [
  ...builder.flatMap((one) => ['--builder', one]),
  ...(resolveBuilder ? ['--resolve-builder'] : []),
  ...(privileges === undefined ? [] : ['--privileges', privileges]),
];

/** @throws TwinproofError unsupported for what no pod can be given */
function requireCarried({ prefetched }: Options, suites: readonly unknown[]): void {
  const what = suites.length > 0 ? 'suites of your own' : prefetched === undefined ? null : '--prefetched';
  if (what === null) return;
  throw new TwinproofError('unsupported', `${what} cannot be used with --engine kubernetes`, {
    hint: 'verify this catalog on one machine, or leave them out',
  });
}

async function endJobs(cluster: ClusterSettings, run: string): Promise<void> {
  const { cleanCluster } = await import('../kubernetes/clean.ts');
  await cleanCluster(cluster, run);
}

const plannedCell = ({ subject, claim }: Cell): PlannedCell => ({ subject: subject.id, claim });

function selectionOf(options: Options): Selection {
  return {
    images: options.image,
    claims: options.claim,
    ...(options.changedSince === undefined ? {} : { changedSince: options.changedSince }),
  };
}
