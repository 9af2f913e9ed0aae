import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { openCatalog } from '../catalog/open.ts';
import { findPortable } from '../catalog/portable-path.ts';
import { parseRung } from '../compare/ladder.ts';
import { TwinproofError } from '../errors.ts';
import { findRun } from '../record/find-run.ts';
import { namedSubject } from '../record/named-subject.ts';
import { type Run, readRun } from '../record/reader.ts';
import { diffText } from '../report/diff-text.ts';
import { escapeText } from '../report/escape.ts';
import { type Recorded, reproduce } from '../run/reproduce.ts';
import type { Reproduced } from '../run/reproduce-result.ts';
import { type CatalogOptions, addCatalogOptions, openOptions } from './catalog-options.ts';
import { onInterrupt } from './interrupt.ts';
import { mayColor, print, tell } from './output.ts';
import { type RunOption, addRunOption, givenRun } from './run-option.ts';

interface Options extends CatalogOptions, RunOption {
  catalog?: string;
  out?: string;
  json: boolean;
  quiet: boolean;
  color: boolean;
}

/** Entries that differ which are shown. */
const SHOWN = 20;

/** `twinproof reproduce`: exit code 0 as recorded, 1 otherwise, 2 it could not be built from the same things. */
export function reproduceCommand(): Command {
  return addRunOption(
    addCatalogOptions(new Command('reproduce')),
    'the recorded run, the newest unless given',
  )
    .description('build a recorded subject again here, from the same inputs and in the same environments')
    .argument(
      '<cell>',
      "subject of the run: image, image/variant or its id; or 'SUBJECT CLAIM' as reports write it",
    )
    .argument('[claim]', 'claim of the cell; all claims of a subject rest on the same builds')
    .option('--catalog <path>', 'the catalog here; otherwise where the run had it in its checkout')
    .option('--out <dir>', 'folder for the images; a new temporary one unless given')
    .option('--json', 'print the result as JSON (twinproof/reproduce/v1)', false)
    .option('--quiet', 'no progress', false)
    .option('--no-color', 'no colours')
    .action(run);
}

async function run(cell: string, claimName: string | undefined, options: Options): Promise<void> {
  const [name = '', claim = 'reproducible', ...rest] = [...cell.split(' '), claimName ?? []].flat();
  if (rest.length > 0) throw new TwinproofError('usage', 'more than one claim is named', { where: cell });
  const record = await readRun(await findRun(givenRun(options)));
  const subjectId = namedSubject(record.twins.keys(), name) ?? name;
  const recorded = recordedOf(record, subjectId, claim);
  const path = options.catalog ?? (await catalogOf(record));
  const catalog = await openCatalog(path, openOptions(options));
  const subject = catalog.subjects.find(({ id }) => id === subjectId);
  if (subject === undefined) {
    throw new TwinproofError('input-mismatch', `the catalog has no subject ${subjectId}`, { where: path });
  }
  const stop = onInterrupt();
  try {
    const out = options.out ?? (await mkdtemp(join(tmpdir(), 'twinproof-reproduce-')));
    const result = await reproduce({
      catalog,
      subject,
      recorded,
      out,
      onStart: stop.armed,
      onStep: (step) => {
        if (!options.quiet) tell(`${step}\n`);
      },
    });
    print(options.json ? `${JSON.stringify(result, null, 2)}\n` : text(result, recorded.rung, options));
    process.exitCode = result.same ? 0 : 1;
  } finally {
    stop.disarm();
  }
}

function recordedOf(record: Run, subject: string, claim: string): Recorded {
  const cell = record.cells.get(`${subject} ${claim}`);
  const twins = record.twins.get(subject);
  if (cell?.key === undefined || cell.key === null || twins === undefined) {
    const built = [...record.twins.keys()];
    throw new TwinproofError('usage', `the run has no builds of ${subject} with the claim ${claim}`, {
      where: record.folder,
      hint:
        built.length === 0
          ? 'nothing was built in it'
          : `name one that it built: ${built.slice(0, 5).join(', ')}`,
    });
  }
  const { asked } = cell.detail;
  return { key: cell.key, builds: twins.builds, rung: typeof asked === 'string' ? asked : 'config' };
}

async function catalogOf({ header }: Run): Promise<string> {
  const { path } = header.catalog;
  if (path !== undefined) return findPortable(path, process.cwd());
  throw new TwinproofError('usage', 'the run does not say where its catalog was', { hint: 'add --catalog' });
}

function text(result: Reproduced, rung: string, options: Options): string {
  const colour = mayColor(process.stdout, options.color);
  const width = process.stdout.isTTY ? Math.max(process.stdout.columns, 60) : 10_000;
  const builds = result.builds.map(({ twin, recorded, manifest, same }) =>
    same && manifest !== null
      ? `${twin}: as recorded, ${manifest}`
      : `${twin}: recorded ${recorded ?? 'no image'}, here ${manifest ?? 'no image'}`,
  );
  return [
    `${escapeText(result.subject)}: ${result.same ? 'as recorded' : 'not as recorded'}`,
    ...builds,
    ...result.otherwise.map((line) => `other than recorded: ${escapeText(line)}`),
    `images in ${result.folder}`,
    result.diff === null
      ? ''
      : diffText(result.diff, { rung: parseRung(rung), colour, width, list: false, limit: SHOWN }),
  ].join('\n');
}
