import { cp, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { git } from '../catalog/git.ts';
import { TwinproofError } from '../errors.ts';
import { BUILDER_FOLDER, planInit } from '../init/plan.ts';
import { initText } from '../init/text.ts';
import { print, tell } from './output.ts';
import { writeWhole } from './write-files.ts';

const BUNDLED_BUILDER = fileURLToPath(new URL('../../fixtures/builder', import.meta.url));
const CATALOG = 'catalog.yaml';

interface Options {
  dryRun: boolean;
  quiet: boolean;
}

/** `twinproof init`: exit code 0 it can be verified as it is, 1 something must change first, 2 nothing was written. */
export function initCommand(): Command {
  return new Command('init')
    .description(
      'write a catalog for a Containerfile, with a builder, and tell what keeps it from being built offline',
    )
    .argument('[containerfile]', 'Containerfile or Dockerfile of the current folder unless given')
    .option('--dry-run', 'print the catalog and write nothing', false)
    .option('--quiet', 'print no text; the exit code tells', false)
    .option('--no-color', 'no effect here; for scripts that pass it to every command')
    .action(init);
}

async function init(containerfile: string | undefined, { dryRun, quiet }: Options): Promise<void> {
  const folder = process.cwd();
  const plan = await planInit(folder, containerfile, await epochOf(folder));
  if (dryRun) print(plan.catalog);
  else await write(folder, plan.catalog);
  if (!dryRun && !quiet) tell(`wrote ${CATALOG}, and the builder in ${BUILDER_FOLDER}/\n`);
  if (!quiet) (dryRun ? tell : print)(initText(relative(folder, plan.containerfile), plan.findings));
  process.exitCode = plan.findings.some(({ blocks }) => blocks) ? 1 : 0;
}

/** The catalog comes last: while it is not there, nothing is taken for one. */
async function write(folder: string, catalog: string): Promise<void> {
  if (await isThere(join(folder, CATALOG)))
    throw new TwinproofError('usage', 'there is a catalog already', {
      where: CATALOG,
      hint: '--dry-run prints what would be written',
    });
  const builder = join(folder, BUILDER_FOLDER);
  if (!(await isThere(builder))) {
    const made = await mkdtemp(join(folder, `.${BUILDER_FOLDER}-`));
    try {
      await cp(BUNDLED_BUILDER, join(made, BUILDER_FOLDER), { recursive: true });
      await rename(join(made, BUILDER_FOLDER), builder);
    } finally {
      await rm(made, { recursive: true, force: true });
    }
  } else if (!(await isThere(join(builder, 'debs.lock.yaml'))))
    throw new TwinproofError('usage', 'there is another folder where the builder would lie', {
      where: BUILDER_FOLDER,
      hint: 'write the catalog in another folder, or rename this one',
    });
  await writeWhole(join(folder, CATALOG), catalog);
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The time of the last commit, else the beginning of this day in UTC: a time that does not change with every run. */
async function epochOf(folder: string): Promise<number> {
  const commit = await git(folder, ['log', '-1', '--format=%ct']);
  const seconds = 'output' in commit ? Number(commit.output.trim()) : NaN;
  const day = 24 * 60 * 60;
  return Number.isInteger(seconds) && seconds > 0 ? seconds : Math.floor(Date.now() / 1000 / day) * day;
}
