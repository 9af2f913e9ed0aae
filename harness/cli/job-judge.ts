import { Command, InvalidArgumentError, Option } from 'commander';
import { openCatalog } from '../catalog/open.ts';
import { portablePath } from '../catalog/portable-path.ts';
import { CLAIMS, leftOutClaims } from '../claims/registry.ts';
import { judgeJob } from '../run/jobs/judge.ts';
import { type CatalogOptions, addCatalogOptions, openOptions } from './catalog-options.ts';
import { onInterrupt } from './interrupt.ts';
import { stepsOf } from './job-steps.ts';
import { collect } from './options.ts';
import { printRun } from './print-run.ts';

interface Options extends CatalogOptions {
  catalog: string;
  twinImage: [string, string][];
  claim: string[];
  thorough: boolean;
  results: string;
  json: boolean;
  quiet: boolean;
  color: boolean;
}

function twinImage(text: string, before: [string, string][]): [string, string][] {
  const [, twin, image] = /^([A-Z]+)=(.+)$/s.exec(text) ?? [];
  if (twin === undefined || image === undefined) throw new InvalidArgumentError('expected TWIN=IMAGE.');
  if (before.some(([name]) => name === twin)) throw new InvalidArgumentError(`twin ${twin} is named twice.`);
  return [...before, [twin, image]];
}

/** `twinproof job judge`: exit codes as those of verify. */
export function jobJudgeCommand(): Command {
  return addCatalogOptions(new Command('judge'))
    .description(
      'compare the twins of a subject, wherever they were built, and check its claims: a run folder',
    )
    .argument('<prepared>', 'folder that `job prepare` left')
    .argument('<twins...>', 'folders that `job build` left, all of them')
    .option('--catalog <path>', 'the same catalog, here', '.')
    .option(
      '--twin-image <twin=image>',
      'where the image of a twin is when it is not in its folder: an archive, a registry (repeatable)',
      twinImage,
      [],
    )
    .addOption(
      new Option('--claim <id>', 'only this claim (repeatable)')
        .choices(CLAIMS.ids)
        .argParser(collect)
        .default([]),
    )
    .option('--thorough', 'the long scenarios too; without, only those that --claim names', false)
    .option('--results <dir>', 'folder for run folders', 'results/runs')
    .option('--json', 'print the summary as JSON', false)
    .option('--quiet', 'no progress', false)
    .option('--no-color', 'no colours')
    .action(run);
}

async function run(prepared: string, twins: string[], options: Options): Promise<void> {
  const catalog = await openCatalog(options.catalog, openOptions(options));
  const stop = onInterrupt();
  try {
    const { folder, summary } = await judgeJob({
      prepared,
      twins,
      images: new Map(options.twinImage),
      catalog,
      catalogPath: await portablePath(options.catalog),
      claims: options.claim,
      leftOut: leftOutClaims(CLAIMS, options),
      results: options.results,
      onStart: stop.armed,
      send: stepsOf(options),
    });
    printRun(folder, summary, options);
  } finally {
    stop.disarm();
  }
}
