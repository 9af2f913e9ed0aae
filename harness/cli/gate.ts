import { Command, InvalidArgumentError, Option } from 'commander';
import { type GateResult, type Mode, MODES, judge } from '../gate/judge.ts';
import { gateText } from '../gate/text.ts';
import { collect, wholeNumber } from './options.ts';
import { mayColor, print } from './output.ts';
import { readResults } from './read-results.ts';
import { writeWhole } from './write-files.ts';

interface Options {
  baseline: string[];
  mode: Mode;
  claim: Map<string, Mode>;
  partial: boolean;
  maxAge: number;
  json: boolean;
  out?: string;
  color: boolean;
}

export function gateCommand(): Command {
  return new Command('gate')
    .description('hold a run against a baseline: what got worse, what got better, what is new')
    .argument('<results...>', 'run folders or their run.jsonl')
    .requiredOption('--baseline <run>', 'the run to hold it against (repeatable: shards)', collect, [])
    .addOption(new Option('--mode <mode>', 'what comes of it').choices(MODES).default('block'))
    .option('--claim <id=mode>', 'another mode for one claim (repeatable)', claimMode, new Map())
    .option(
      '--partial',
      'the run was of a part of the catalog, or less deep: what it left out is not gone',
      false,
    )
    .option(
      '--max-age <days>',
      'days that a baseline may be older before that is noted',
      wholeNumber(0, 36_500),
      30,
    )
    .option('--json', 'print the result as JSON', false)
    .option('--out <path>', 'write the result as JSON to this file too')
    .option('--quiet', 'no effect here; for scripts that pass it to every command', false)
    .option('--no-color', 'no colours')
    .action(run);
}

function claimMode(value: string, before: Map<string, Mode>): Map<string, Mode> {
  const [claim = '', mode = ''] = value.split('=');
  const known = MODES.find((each) => each === mode);
  if (claim === '' || known === undefined) {
    throw new InvalidArgumentError(`expected claim=mode with one of ${MODES.join(', ')}.`);
  }
  return new Map([...before, [claim, known]]);
}

async function run(paths: string[], options: Options): Promise<void> {
  const now = await readResults(paths);
  const baseline = await readResults(options.baseline);
  const { mode, claim: claims, partial, maxAge } = options;
  const result = judge(now, baseline, { mode, claims, partial, maxAge });
  if (options.out !== undefined) await writeWhole(options.out, json(result));
  print(options.json ? json(result) : gateText(result, { color: mayColor(process.stdout, options.color) }));
  process.exitCode = result.exitCode;
}

const json = (result: GateResult): string => `${JSON.stringify(result, null, 2)}\n`;
