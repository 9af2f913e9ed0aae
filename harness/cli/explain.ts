import { Command, Option } from 'commander';
import { DEFAULT_VARIATIONS, parseVary } from '../rebuild/environment/vary.ts';
import { compareImages } from '../compare/compare.ts';
import type { DiffResult } from '../compare/types.ts';
import { TwinproofError } from '../errors.ts';
import { contextOfImages } from '../explain/context.ts';
import { explainDiff } from '../explain/explain.ts';
import { withFlip } from '../explain/flip.ts';
import { explanationOf } from '../explain/group.ts';
import { openImage } from '../oci/open.ts';
import type { OciImage } from '../oci/types.ts';
import { checkFixesText } from '../report/check-fixes-text.ts';
import { explainMarkdown } from '../report/explain-markdown.ts';
import { explainText } from '../report/explain-text.ts';
import { findRun } from '../record/find-run.ts';
import { recordedDiff } from '../run/recorded-diff.ts';
import { recordedFlip } from '../run/recorded-flip.ts';
import { exitOnSignal } from './exit-on-signal.ts';
import { openOptions, withImageOptions, type ImageFlags } from './image-options.ts';
import { mayColor, print } from './output.ts';
import { type RunOption, addRunOption, givenRun } from './run-option.ts';
import type { Variation } from '../model/variations.ts';

const FORMATS = ['text', 'json', 'markdown'] as const;

interface Flags extends ImageFlags, RunOption {
  bisect?: string;
  checkFixes?: string;
  vary: Variation[];
  format: (typeof FORMATS)[number];
  json: boolean;
  quiet: boolean;
  color: boolean;
}

interface Explained {
  result: DiffResult;
  /** The Containerfile, where it is known. */
  recipe: string;
}

async function ofImages(refA: string, refB: string, flags: Flags): Promise<Explained> {
  exitOnSignal();
  await using images = new AsyncDisposableStack();
  const open = async (reference: string): Promise<OciImage> =>
    images.adopt(await openImage(reference, openOptions(flags)), (image) => image.close());
  const a = await open(refA);
  const b = await open(refB);
  return { result: explainDiff(await compareImages(a, b), contextOfImages(a)), recipe: '' };
}

/** What the run recorded, and what bisect has shown since. */
async function ofCell(run: string, cell: string, bisect: string | undefined): Promise<Explained> {
  const recorded = await recordedDiff(run, cell);
  if (bisect === undefined) return recorded;
  const flip = await recordedFlip(bisect, recorded.cell);
  return flip === null ? recorded : { ...recorded, result: withFlip(recorded.result, flip) };
}

async function explained([first = '', second]: readonly string[], flags: Flags): Promise<Explained> {
  const { bisect } = flags;
  const run = givenRun(flags);
  if (second === undefined) return ofCell(await findRun(run), first, bisect);
  const [option] = [...(run === undefined ? [] : ['--run']), ...(bisect === undefined ? [] : ['--bisect'])];
  if (option === undefined) return ofImages(first, second, flags);
  throw new TwinproofError('usage', `${option} is for one subject of a run`, {
    hint: 'explain SUBJECT --run RUN, or explain A B',
  });
}

/** Fixes are checked by building: what that needs is loaded only then. */
async function check(selection: string, catalogPath: string, flags: Flags): Promise<void> {
  const { checkFixesOf } = await import('./check-fixes.ts');
  const { checkFixesResult } = await import('./check-fixes-result.ts');
  const checked = await checkFixesOf(selection, catalogPath, { quiet: flags.quiet, vary: flags.vary });
  print(flags.json ? `${JSON.stringify(checkFixesResult(checked), null, 2)}\n` : checkFixesText(checked));
  const verdicts = checked.map(({ verdict }) => verdict);
  process.exitCode = verdicts.includes('fail') ? 1 : verdicts.every((verdict) => verdict === 'pass') ? 0 : 2;
}

async function explain(first: string, second: string | undefined, flags: Flags): Promise<void> {
  if (flags.checkFixes !== undefined) {
    await check(first, flags.checkFixes, flags);
    return;
  }
  const { result, recipe } = await explained(second === undefined ? [first] : [first, second], flags);
  const explanation = explanationOf(result, recipe);
  const format = flags.json ? 'json' : flags.format;
  if (format === 'json') print(`${JSON.stringify(explanation, null, 2)}\n`);
  else if (format === 'markdown') print(explainMarkdown(explanation));
  else if (!flags.quiet) print(explainText(explanation, { colour: mayColor(process.stdout, flags.color) }));
  process.exitCode = result.identical ? 0 : 1;
}

/** `twinproof explain`: exit code 0 equal, 1 different, 2 could not be compared. */
export function explainCommand(): Command {
  return addRunOption(
    withImageOptions(new Command('explain')),
    'the run that SUBJECT is one of, the newest unless given',
  )
    .description('say why two images differ, by cause, with what to do about it')
    .argument(
      '<A|SUBJECT>',
      'image; or alone, a subject that a run found to differ: image, image/variant or its id',
    )
    .argument('[B]', 'image to compare with')
    .option('--bisect <file>', 'what `bisect --json` showed of the subject, as proof')
    .option(
      '--check-fixes <catalog>',
      'build the subject of this catalog with the fixes made in a copy of its recipe',
    )
    .option(
      '--vary <variations>',
      'with --check-fixes: what varies between the builds, as for verify',
      parseVary,
      [...DEFAULT_VARIATIONS],
    )
    .addOption(new Option('--format <format>', 'how to say it').choices(FORMATS).default('text'))
    .option(
      '--json',
      'the same as --format json (twinproof/explain/v1; with --check-fixes twinproof/check-fixes/v1)',
      false,
    )
    .option('--quiet', 'print no text; the exit code tells', false)
    .option('--no-color', 'no colours')
    .action(explain);
}
