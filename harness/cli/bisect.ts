import { Command } from 'commander';
import { parseVary } from '../rebuild/environment/vary.ts';
import { openCatalog } from '../catalog/open.ts';
import { onlySubject } from '../plan/select.ts';
import { MAX_BUILDS } from '../record/job.ts';
import { bisect } from '../run/bisect.ts';
import { bisectText } from './bisect-text.ts';
import { type CatalogOptions, addCatalogOptions, openOptions } from './catalog-options.ts';
import { onInterrupt } from './interrupt.ts';
import { MAX_SEED, wholeNumber } from './options.ts';
import { mayColor, print, tell } from './output.ts';
import type { Variation } from '../model/variations.ts';

interface Options extends CatalogOptions {
  catalog: string;
  vary: Variation[];
  seed: number;
  builds: number;
  json: boolean;
  quiet: boolean;
  color: boolean;
}

/** `twinproof bisect`: exit code 0 nothing makes it differ, 1 something does, 2 it could not be built. */
export function bisectCommand(): Command {
  return addCatalogOptions(new Command('bisect'))
    .description('find out by building which variation of the environment makes an image differ')
    .argument('<subject>', 'image, image/variant or image/variant@os/arch of the catalog')
    .option('--catalog <path>', 'catalog file, or a folder that holds one', '.')
    .option('--vary <variations>', 'variations to try, as for verify', parseVary, parseVary('default,umask'))
    .option('--seed <n>', 'seed of the values that are varied', wholeNumber(0, MAX_SEED), 0)
    .option('--builds <n>', 'builds with nothing varied that come first', wholeNumber(2, MAX_BUILDS), 2)
    .option('--json', 'print the result as JSON (twinproof/bisect/v2)', false)
    .option('--quiet', 'no progress', false)
    .option('--no-color', 'no colours')
    .action(run);
}

async function run(selection: string, options: Options): Promise<void> {
  const catalog = await openCatalog(options.catalog, openOptions(options));
  const subject = onlySubject(catalog, selection);
  const stop = onInterrupt();
  try {
    const result = await bisect({
      catalog,
      subject,
      variations: options.vary,
      seed: options.seed,
      builds: options.builds,
      onStart: stop.armed,
      onStep: (step) => {
        if (!options.quiet) tell(`${step}\n`);
      },
    });
    if (options.json) print(`${JSON.stringify(result, null, 2)}\n`);
    else print(bisectText(result, { color: mayColor(process.stdout, options.color) }));
    process.exitCode = result.verdict === 'none' ? 0 : 1;
  } finally {
    stop.disarm();
  }
}
