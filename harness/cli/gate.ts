import { Command, InvalidArgumentError, Option } from 'commander';
import { CLAIMS } from '../claims/registry.ts';
import { TwinproofError } from '../errors.ts';
import { ALLOWABLE } from '../gate/allow.ts';
import { type GateResult, type Mode, MODES, judge } from '../gate/judge.ts';
import { namedRules } from '../gate/names.ts';
import { gateText } from '../gate/text.ts';
import { collect, wholeNumber } from './options.ts';
import { mayColor, print } from './output.ts';
import { readResults } from './read-results.ts';
import { writeWhole } from './write-files.ts';

type ClaimMode = readonly [claim: string, mode: Mode];

interface Options {
  baseline: string[];
  mode: Mode;
  claim: ClaimMode[];
  allow: string[];
  partial: boolean;
  maxAge: number;
  json: boolean;
  out?: string;
  color: boolean;
}

export function gateCommand(): Command {
  return new Command('gate')
    .description('check a run against a baseline: what got worse, what got better, what is new')
    .argument('<results...>', 'run folders or their run.jsonl')
    .option('--baseline <run>', 'the run to check it against; required (repeatable: shards)', collect, [])
    .addOption(
      new Option('--mode <mode>', 'how results affect the exit code').choices(MODES).default('block'),
    )
    .option('--claim <id=mode>', 'another mode for one claim (repeatable)', claimMode, [])
    .option(
      '--allow <kind:subject/claim>',
      `a change of the catalog that is meant (repeatable); kinds: ${ALLOWABLE.join(', ')}`,
      collect,
      [],
    )
    .option(
      '--partial',
      'the run was of a part of the catalog, or less deep: what its options left out does not count',
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

function claimMode(value: string, before: ClaimMode[]): ClaimMode[] {
  const [claim = '', mode = '', ...rest] = value.split('=');
  const known = MODES.find((each) => each === mode);
  if (claim === '' || known === undefined || rest.length > 0) {
    throw new InvalidArgumentError(`expected claim=mode with one of ${MODES.join(', ')}.`);
  }
  return [...before, [claim, known]];
}

async function run(paths: string[], options: Options): Promise<void> {
  if (options.baseline.length === 0) {
    throw new TwinproofError('usage', 'gate checks a run against a baseline, and none is named', {
      hint: 'add --baseline with an earlier run; where there is none yet, `npx twinproof report RUN` ends with 1 when anything fails',
    });
  }
  const now = await readResults(paths);
  const baseline = await readResults(options.baseline);
  const { mode, claim: claims, allow, partial, maxAge } = options;
  const named = namedRules({ claims, allow }, { now, baseline }, CLAIMS.ids);
  const result = judge(now, baseline, { mode, ...named, partial, maxAge, declared: CLAIMS });
  if (options.out !== undefined) await writeWhole(options.out, json(result));
  print(options.json ? json(result) : gateText(result, { color: mayColor(process.stdout, options.color) }));
  process.exitCode = result.exitCode;
}

const json = (result: GateResult): string => `${JSON.stringify(result, null, 2)}\n`;
