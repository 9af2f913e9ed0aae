import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { TwinproofError } from '../errors.ts';
import { readRun } from '../record/reader.ts';
import { type Summary, exitCode, summarise } from '../record/summary.ts';
import { jsonReport } from '../report/json.ts';
import { markdownReport } from '../report/markdown.ts';
import { terminalReport } from '../report/terminal.ts';
import { mayColor, print } from './output.ts';

const FORMATS = ['terminal', 'json', 'markdown'] as const;

interface Options {
  format: (typeof FORMATS)[number];
  out?: string;
  color: boolean;
}

export function reportCommand(): Command {
  return new Command('report')
    .description('print a recorded run in another format')
    .argument('<results...>', 'run folder or its run.jsonl')
    .addOption(new Option('--format <format>', 'what to make').choices(FORMATS).default('terminal'))
    .option('--out <path>', 'write to this file instead of standard output')
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .option('--no-color', 'no colours')
    .action(async (paths: string[], options: Options) => {
      const [path, ...others] = paths;
      if (path === undefined || others.length > 0) {
        throw new TwinproofError('unsupported', 'merging several runs into one report is not supported yet');
      }
      const summary = summarise(await readRun(path));
      const text = render(summary, options);
      if (options.out === undefined) print(text);
      else await writeFile(options.out, text);
      process.exitCode = exitCode(summary);
    });
}

function render(summary: Summary, { format, out, color }: Options): string {
  switch (format) {
    case 'json':
      return jsonReport(summary);
    case 'markdown':
      return markdownReport(summary);
    case 'terminal':
      return terminalReport(summary, { color: out === undefined && mayColor(process.stdout, color) });
  }
}
