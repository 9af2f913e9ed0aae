import { Command } from 'commander';
import { DEFAULT_VARIATIONS, parseVary } from '../rebuild/environment/vary.ts';
import { openCatalog } from '../catalog/open.ts';
import type { Variation } from '../model/variations.ts';
import { onlySubject } from '../plan/select.ts';
import { MAX_BUILDS } from '../record/job.ts';
import { escapeText } from '../report/escape.ts';
import { prepareJob } from '../run/jobs/prepare.ts';
import { type CatalogOptions, addCatalogOptions, openOptions } from './catalog-options.ts';
import { onInterrupt } from './interrupt.ts';
import { stepsOf } from './job-steps.ts';
import { MAX_SEED, wholeNumber } from './options.ts';
import { tell } from './output.ts';

interface Options extends CatalogOptions {
  catalog: string;
  out: string;
  vary: Variation[];
  seed: number;
  builds: number;
  quiet: boolean;
}

/** `twinproof job prepare`: exit code 0 also when what went wrong is written down for the cells, 2 nothing is. */
export function jobPrepareCommand(): Command {
  return addCatalogOptions(new Command('prepare'))
    .description('fetch and verify what a subject is built from, for build jobs on any machine')
    .argument('<subject>', 'image, image/variant or image/variant@os/arch of the catalog')
    .option('--catalog <path>', 'catalog file, or a folder that holds one', '.')
    .requiredOption('--out <dir>', 'new folder for prepared.json and the inputs')
    .option('--vary <variations>', 'what varies between the builds, as for verify', parseVary, [
      ...DEFAULT_VARIATIONS,
    ])
    .option('--seed <n>', 'seed of the values that are varied', wholeNumber(0, MAX_SEED), 0)
    .option('--builds <n>', 'builds of the subject', wholeNumber(2, MAX_BUILDS), 2)
    .option('--quiet', 'no progress', false)
    .action(run);
}

async function run(selection: string, options: Options): Promise<void> {
  const catalog = await openCatalog(options.catalog, openOptions(options));
  const subject = onlySubject(catalog, selection);
  const { vary, seed, builds, out } = options;
  const stop = onInterrupt();
  try {
    const work = { catalog, subject, vary, seed, builds, onStart: stop.armed, send: stepsOf(options) };
    const { error } = await prepareJob(work, out);
    if (error !== null) tell(`error, for the cells of ${subject.id}: ${escapeText(error.message)}\n`);
    tell(`prepared in ${out}\n`);
  } finally {
    stop.disarm();
  }
}
