import { execa } from 'execa';
import { openCatalog } from '../../../harness/catalog/open.ts';
import { buildContext } from '../../../harness/claims/build-context.ts';
import { CLAIMS } from '../../../harness/claims/registry.ts';
import { compareImages } from '../../../harness/compare/compare.ts';
import type { DiffResult } from '../../../harness/compare/types.ts';
import { contextOfImages } from '../../../harness/explain/context.ts';
import type { Context } from '../../../harness/explain/types.ts';
import { explainDiff } from '../../../harness/explain/explain.ts';
import type { Variation } from '../../../harness/model/variations.ts';
import { openImage } from '../../../harness/oci/open.ts';
import { onlySubject } from '../../../harness/plan/select.ts';
import { DEFAULT_VARIATIONS } from '../../../harness/rebuild/environment/vary.ts';
import type { TwinBuild } from '../../../harness/rebuild/types.ts';
import { buildTwins } from '../../../harness/run/build-twins.ts';
import { environmentMaker } from '../../../harness/run/prepare-subject.ts';
import { withSubject } from '../../../harness/run/with-subject.ts';
import { ROOT } from '../../tests/selftest/support.ts';
import type { CheckFixesResult } from '../../../harness/cli/check-fixes-result.ts';
import { judged, type Fixed, type Judged } from './score.ts';
import { truthOf, type Truth } from './truth.ts';

/** What came of one package. */
export interface Measured {
  builds: number;
  seconds: number;
  /** Of the two images alone. */
  alone: Judged[];
  /** With the markers that `verify` has. */
  marked: Judged[];
  fixed: { made: string[]; equal: boolean };
}

function imageOf({ outcome }: TwinBuild): string {
  if (!outcome.built) throw new Error(`does not build: ${outcome.error.message.split('\n')[0] ?? ''}`);
  return outcome.image;
}

async function compared(a: TwinBuild, b: TwinBuild): Promise<{ result: DiffResult; alone: DiffResult }> {
  const [one, other] = [await openImage(imageOf(a)), await openImage(imageOf(b))];
  try {
    const result = await compareImages(one, other);
    return { result, alone: explainDiff(result, contextOfImages(one)) };
  } finally {
    await one.close();
    await other.close();
  }
}

/** Changes a copy of the recipe as `--check-fixes` does, and builds the twins again. */
async function checkFixes(catalog: string): Promise<Measured['fixed']> {
  const args = ['harness/cli/main.ts', 'explain', 'it', '--check-fixes', catalog, '--json', '--quiet'];
  const { stdout } = await execa(process.execPath, args, { cwd: ROOT, reject: false, stdin: 'ignore' });
  if (!stdout.startsWith('{')) return { made: [], equal: false };
  const [subject] = (JSON.parse(stdout) as CheckFixesResult).subjects;
  // `cause, path: what was done`
  const made = subject?.made.map((line) => line.split(',')[0] ?? '') ?? [];
  return { made, equal: subject?.verdict === 'pass' && made.length > 0 };
}

/** Builds the package once for each variation that matters, and judges what is said of the pair that differs in all. */
export async function measure(catalogPath: string): Promise<Measured> {
  const started = Date.now();
  const catalog = await openCatalog(catalogPath, { claims: CLAIMS });
  const subject = onlySubject(catalog, 'it');
  const vary = DEFAULT_VARIATIONS.filter((variation) => variation !== 'order');
  const work = { command: 'field', catalog, subject, runFolder: '', builds: 2, seed: 0, vary };
  const nothing = (): void => undefined;
  const found = await withSubject({ ...work, onStart: nothing, send: nothing }, async (session, prepared) => {
    const environment = await environmentMaker(session, prepared);
    let count = 0;
    const build = async (variations: readonly Variation[]): Promise<TwinBuild> => {
      const { record, settings } = environment({ name: 'B', index: 1 }, variations);
      const twin = String((count += 1));
      const named = { record: { ...record, twin }, settings: { ...settings, delay: 0 } };
      const [made] = await buildTwins(session, prepared, [named]);
      if (made === undefined) throw new Error('nothing was built');
      return made;
    };
    const first = await build([]);
    const whole: { pair: Awaited<ReturnType<typeof compared>>; context: Context }[] = [];
    const truth: Truth = await truthOf(vary, async (variations) => {
      const other = await build(variations);
      const pair = await compared(first, other);
      if (variations.length === vary.length)
        whole.push({ pair, context: await buildContext(subject, [first, other]) });
      return new Set(pair.result.entries.map(({ path }) => path));
    });
    return { whole, truth };
  });
  const { whole, truth } = found;
  const [varied] = whole;
  if (varied === undefined) throw new Error('nothing was compared');
  const { pair, context } = varied;
  const fixed = pair.alone.entries.length === 0 ? { made: [], equal: false } : await checkFixes(catalogPath);
  const known: Fixed = { made: new Set(fixed.made), equal: fixed.equal };
  return {
    builds: truth.builds + 1,
    seconds: Math.round((Date.now() - started) / 1000),
    alone: judged(pair.alone.entries, truth, known),
    marked: judged(explainDiff(pair.result, context).entries, truth, known),
    fixed,
  };
}
