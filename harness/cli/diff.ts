import { setFlagsFromString } from 'node:v8';
import { Command, Option } from 'commander';
import { compareImages } from '../compare/compare.ts';
import { parseIgnore, parseRung } from '../compare/ladder.ts';
import { NORMALISATIONS, type DiffResult } from '../compare/types.ts';
import { openImage } from '../oci/open.ts';
import type { OciImage } from '../oci/types.ts';
import { diffText } from '../report/diff-text.ts';
import { exitOnSignal } from './exit-on-signal.ts';
import { IMAGE_FORMS, openOptions, withImageOptions, type ImageFlags } from './image-options.ts';
import { wholeNumber } from './options.ts';
import { printJson } from './json-output.ts';
import { mayColor, print } from './output.ts';
import { RUNGS } from '../model/rungs.ts';

interface Flags extends ImageFlags {
  rung: string;
  ignore: string[];
  maxDiffs?: number;
  list: boolean;
  paranoid: boolean;
  json: boolean;
  quiet: boolean;
  color: boolean;
}

/** Entries that a person wants to see at once; `--json` gives all of them unless told otherwise. */
const SHOWN = 100;
/** Entries that are looked at for people: enough to fold those that are alike; of more, those that differ in times. */
const LOOKED_AT = 10_000;

function names(text: string): string[] {
  return text.split(',').filter((name) => name !== '');
}

function hasDifferences({ a, b, config, manifest, entries }: DiffResult): boolean {
  return config.length + manifest.length + entries.length > 0 || a.index !== b.index;
}

/** Loads what it takes to explain only where there is something to be explained. */
async function explained(found: DiffResult, a: OciImage): Promise<DiffResult> {
  if (!hasDifferences(found)) return found;
  const { explainDiff } = await import('../explain/explain.ts');
  const { contextOfImages } = await import('../explain/context.ts');
  return explainDiff(found, contextOfImages(a));
}

async function compare(refA: string, refB: string, flags: Flags): Promise<void> {
  // Without this V8 keeps growing the room for young objects and the program takes half as much memory again.
  setFlagsFromString('--semi-space-growth-factor=1');
  const rung = parseRung(flags.rung);
  const ignore = parseIgnore(flags.ignore);
  exitOnSignal();
  await using images = new AsyncDisposableStack();
  const open = async (reference: string): Promise<OciImage> =>
    images.adopt(await openImage(reference, openOptions(flags)), (image) => image.close());
  const a = await open(refA);
  const b = await open(refB);
  const maxDiffs = flags.maxDiffs ?? (flags.json ? Infinity : LOOKED_AT);
  const found = await compareImages(a, b, { rung, ignore, maxDiffs, paranoid: flags.paranoid });
  const result = await explained(found, a);
  const colour = mayColor(process.stdout, flags.color);
  const width = process.stdout.isTTY ? Math.max(process.stdout.columns, 60) : 10_000;
  if (flags.json) await printJson(result);
  else if (!flags.quiet) {
    const limit = flags.maxDiffs ?? SHOWN;
    print(diffText(result, { rung, colour, width, list: flags.list, limit }));
  }
  process.exitCode = result.identical ? 0 : 1;
}

/** `twinproof diff A B`: exit code 0 equal at the rung asked for, 1 different, 2 could not be compared. */
export function diffCommand(): Command {
  return withImageOptions(new Command('diff'))
    .description('compare two images')
    .argument('<A>', IMAGE_FORMS)
    .argument('<B>', 'image to compare with')
    .addOption(new Option('--rung <rung>', 'what counts as equal').choices(RUNGS).default('config'))
    .option(`--ignore <names>`, `normalise by name, comma-separated: ${NORMALISATIONS.join(', ')}`, names, [])
    .option(
      '--max-diffs <n>',
      `entries to list (default: ${SHOWN}, with --json all)`,
      wholeNumber(0, 1_000_000_000),
    )
    .option('--list', 'a line for each entry, however alike they are', false)
    .option('--paranoid', 'recompute the digests of all blobs with a second hash library', false)
    .option('--json', 'print the result as JSON (twinproof/diff/v1)', false)
    .option('--quiet', 'print nothing; the exit code tells', false)
    .option('--no-color', 'no colours')
    .action(compare);
}
