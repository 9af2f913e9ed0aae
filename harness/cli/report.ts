import { Command, Option } from 'commander';
import { TwinproofError } from '../errors.ts';
import { exitCode } from '../record/summary.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import { Registry } from '../model/registry.ts';
import type { Results } from '../record/results.ts';
import type { Format } from '../report/format.ts';
import { FORMATS, reportFiles, wantEvidence } from '../report/formats.ts';
import { type ReportInput, reportInput } from '../report/input.ts';
import { withEvidence } from '../report/page/with-evidence.ts';
import { terminal, terminalReport } from '../report/terminal.ts';
import { collect } from './options.ts';
import { columnsOf, mayColor, print } from './output.ts';
import { readHistory, readResults } from './read-results.ts';
import { writeFolder, writeWhole } from './write-files.ts';

interface Options {
  format?: Format[];
  history: string[];
  out?: string;
  exitCode: boolean;
  color: boolean;
}

/** @param known what `--format` offers */
export function reportCommand(known: Registry<Format> = FORMATS): Command {
  return new Command('report')
    .description('make reports of recorded runs: shards and hosts become one matrix')
    .argument('<results...>', 'run folders or their run.jsonl')
    .addOption(
      new Option('--format <format>', 'what to make (repeatable)')
        .choices(known.ids)
        .argParser((id: string, before: Format[] | undefined) => [...(before ?? []), formatOf(known, id)]),
    )
    .option('--history <run>', 'an earlier run, to show what changed (repeatable)', collect, [])
    .option(
      '--out <path>',
      'write to this file; with several formats, or one of several files, to this folder',
    )
    .option('--no-exit-code', 'exit 0 whatever the results say')
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .option('--no-color', 'no colours')
    .action(run);
}

/** What checks claims takes long to load, and only what changed, and pages, are told by it. */
async function claimsFor(
  history: readonly Results[],
  formats: readonly Format[],
): Promise<Registry<ClaimDeclaration>> {
  if (history.length === 0 && !wantEvidence(formats)) return new Registry<ClaimDeclaration>([]);
  return (await import('../claims/registry.ts')).CLAIMS;
}

/** Commander's own check of choices is replaced by `argParser`. */
function formatOf(known: Registry<Format>, id: string): Format {
  const format = known.find(id);
  if (format !== undefined) return format;
  throw new TwinproofError('usage', `there is no format ${JSON.stringify(id)}`, {
    hint: `formats are ${known.ids.join(', ')}`,
  });
}

async function run(paths: string[], options: Options): Promise<void> {
  const formats = options.format ?? [terminal];
  const history = await readHistory(options.history);
  const reported = reportInput(await readResults(paths), history, await claimsFor(history, formats));
  const input = wantEvidence(formats) ? await withEvidence(reported) : reported;
  const folder = formats.length > 1 || formats.some(({ file }) => file === null);
  if (folder && options.out === undefined) {
    throw new TwinproofError('usage', 'several files need a folder', { hint: 'add --out FOLDER' });
  }
  const [only] = formats;
  if (options.out === undefined && only === terminal) print(onTerminal(input, options.color));
  else await write(await reportFiles(input, formats), folder, options.out);
  process.exitCode = options.exitCode ? exitCode(input.summary) : 0;
}

const onTerminal = ({ summary }: ReportInput, color: boolean): string =>
  terminalReport(summary, { color: mayColor(process.stdout, color), columns: columnsOf(process.stdout) });

async function write(
  files: ReadonlyMap<string, string>,
  folder: boolean,
  out: string | undefined,
): Promise<void> {
  if (out === undefined) for (const text of files.values()) print(text);
  else if (folder) await writeFolder(out, files);
  else for (const text of files.values()) await writeWhole(out, text);
}
