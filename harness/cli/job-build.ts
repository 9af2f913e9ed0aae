import { Command } from 'commander';
import { openCatalog } from '../catalog/open.ts';
import { escapeText } from '../report/escape.ts';
import { buildJob } from '../run/jobs/build.ts';
import { type CatalogOptions, addCatalogOptions, openOptions } from './catalog-options.ts';
import { onInterrupt } from './interrupt.ts';
import { stepsOf } from './job-steps.ts';
import { tell } from './output.ts';

interface Options extends CatalogOptions {
  catalog: string;
  twin: string;
  out: string;
  quiet: boolean;
}

/** `twinproof job build`: exit code 0 also when the build failed, which is in its record, 2 there is no record. */
export function jobBuildCommand(): Command {
  return addCatalogOptions(new Command('build'))
    .description('build one twin of what was prepared: its image, log and record')
    .argument('<prepared>', 'folder that `job prepare` left')
    .option('--catalog <path>', 'the same catalog, here', '.')
    .requiredOption('--twin <name>', 'A, B and so on')
    .requiredOption('--out <dir>', 'new folder for twin.json, image/ and build.log')
    .option('--quiet', 'no progress', false)
    .action(run);
}

async function run(prepared: string, options: Options): Promise<void> {
  const { twin, out } = options;
  const catalog = await openCatalog(options.catalog, openOptions(options));
  const stop = onInterrupt();
  try {
    const job = { prepared, catalog, twin, out, onStart: stop.armed, send: stepsOf(options) };
    const { build, error } = await buildJob(job);
    const failed = error ?? build?.error;
    if (failed !== undefined) tell(`error, for the cells: ${escapeText(failed.message)}\n`);
    tell(`twin ${twin} in ${out}${build?.manifest == null ? ', without an image' : `: ${build.manifest}`}\n`);
  } finally {
    stop.disarm();
  }
}
