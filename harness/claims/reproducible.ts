import { CAUSES } from '../explain/registry.ts';
import { compareImages } from '../compare/compare.ts';
import type { DiffResult } from '../compare/types.ts';
import { explainDiff } from '../explain/explain.ts';
import { causeCounts, certainCauses } from '../explain/group.ts';
import { buildContext } from './build-context.ts';
import type { Claim, ClaimContext, Detail, Failure, Finding } from './types.ts';
import { type FlakeRate, flakeRate, rateText } from './flake-rate.ts';
import { failedBuild, undecided } from './failed-build.ts';
import { z } from 'zod';
import { givenOptions } from '../model/claim.ts';
import { RUNGS, type Rung, reachedText } from '../model/rungs.ts';

const MAX_DIFFERENCES = 1000;
/** Paths named in the run log itself; the whole difference is in the evidence. */
const NAMED_PATHS = 50;

/** The image ID. */
const STANDARD_RUNG = 'config';
const OPTIONS = z.strictObject({ rung: z.enum(RUNGS) });

/** The rung that a catalog asks for. */
export const rungAsked = (options: ClaimContext['options']): Rung =>
  givenOptions(OPTIONS, options).rung ?? STANDARD_RUNG;

/** Both twins are equal at the rung the catalog asks for (default `config`, the image ID). */
export const reproducible: Claim = {
  id: 'reproducible',
  statement: 'two isolated builds give the same image',
  passes:
    'the twins are equal at the rung the catalog asks for (`config`, the image ID, unless it says otherwise)',
  fails: 'they differ; the summary names the first rung that holds and the paths',
  standard: true,
  options: {
    schema: OPTIONS,
    notes: {
      rung: {
        example: 'manifest',
        meaning:
          'how equal the builds must be; `index`, `manifest`, `config` (default), `layers`, `tree` or `tree-no-times`',
        strictness: { order: RUNGS, absent: STANDARD_RUNG },
      },
    },
  },
  itemised: { causes: CAUSES.ids },
  check,
};

async function check(context: ClaimContext): Promise<Finding & { failures?: Failure[] }> {
  const failed = failedBuild(context.builds);
  if (failed !== undefined) return undecided(failed.error, context.buildEvidence);
  const rung = rungAsked(context.options);
  const [first, ...others] = context.builds;
  if (first === undefined || others.length === 0) throw new Error('reproducible needs at least two builds');
  let result: DiffResult | undefined;
  const groups = new Map<string, string[]>();
  const a = await context.image(first);
  let differing = 0;
  for (const other of others) {
    const b = await context.image(other);
    // The first difference is the one that is reported; of the others it is enough that they differ.
    const maxDiffs = result?.identical === false ? 1 : MAX_DIFFERENCES;
    const found = await compareImages(a, b, { rung, maxDiffs });
    if (!found.identical) differing += 1;
    const digest = found.identical ? a.config.digest : b.config.digest;
    groups.set(digest, [...(groups.get(digest) ?? []), other.twin]);
    if (result?.identical === false) continue;
    result = found.identical
      ? found
      : explainDiff(found, await buildContext(context.subject, [first, other]));
  }
  if (result === undefined) throw new Error('nothing was compared');
  groups.set(a.config.digest, [first.twin, ...(groups.get(a.config.digest) ?? [])]);
  return finding(context, rung, { result, rate: flakeRate(differing, others.length), groups });
}

interface Compared {
  result: DiffResult;
  rate: FlakeRate;
  /** Image ID to the builds that have it. */
  groups: Map<string, string[]>;
}

async function finding(
  context: ClaimContext,
  rung: string,
  compared: Compared,
): Promise<Finding & { failures?: Failure[] }> {
  const { result, rate } = compared;
  const evidence = [...context.buildEvidence];
  if (!result.identical) {
    evidence.push(
      await context.evidence.addText('diff', `${JSON.stringify(result, null, 2)}\n`, 'application/json'),
    );
  }
  const base = { detail: detailOf(rung, compared), evidence };
  const often = rate.compared > 1 ? `; ${rateText(rate)}` : '';
  if (result.identical) {
    return {
      ...base,
      verdict: 'pass',
      summary: `equal at ${result.rung}; image ID ${result.a.config}${often}`,
    };
  }
  const paths = result.entries.map(({ path }) => path);
  const named = paths.length === 0 ? '' : `: ${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}`;
  const count = `${paths.length}${result.truncated ? '+' : ''} path${paths.length === 1 ? '' : 's'}`;
  const what =
    paths.length === 0
      ? 'only config or manifest differ'
      : `${count} ${paths.length === 1 ? 'differs' : 'differ'}${named}`;
  return {
    ...base,
    failures: failuresOf(result),
    verdict: 'fail',
    summary: `differs (asked for ${rung}; ${reachedText(result.rung)}); ${what}${causesText(result)}${often}`,
  };
}

/** All that differs, each with its causes; what only follows from other differences is covered with them. */
function failuresOf(result: DiffResult): Failure[] {
  const documents = [
    ['index', result.index ?? []],
    ['config', result.config],
    ['manifest', result.manifest],
  ] as const;
  const pointers = documents.flatMap(([name, diffs]) =>
    diffs.flatMap(({ pointer, causes }) =>
      causes === undefined ? [] : [{ place: `${name}:${pointer}`, causes }],
    ),
  );
  const all = [...result.entries.map(({ path, causes }) => ({ place: path, causes })), ...pointers];
  // What is not listed nobody has allowed.
  const unlisted = result.truncated ? [{ place: '', causes: [] }] : [];
  return [...all.map(({ place, causes }) => ({ place, causes: certainCauses(causes) })), ...unlisted];
}

/** `; hostname, build-path`: what explains most first. */
function causesText(result: DiffResult): string {
  const ids = Object.entries(causeCounts(result)).sort(([, a], [, b]) => b - a);
  return ids.length === 0 ? '' : `; cause: ${ids.map(([id]) => id).join(', ')}`;
}

function detailOf(rung: string, { result, rate, groups }: Compared): Detail {
  return {
    asked: rung,
    rung: result.rung,
    normalised: result.normalised,
    a: { manifest: result.a.manifest, config: result.a.config },
    b: { manifest: result.b.manifest, config: result.b.config },
    config: result.config.map(({ pointer }) => pointer),
    differences: result.entries
      .slice(0, NAMED_PATHS)
      .map(({ path, change, fields }) => ({ path, change, fields: [...fields] })),
    causes: causeCounts(result),
    differing: result.entries.length,
    truncated: result.truncated,
    rate: { ...rate },
    groups: Object.fromEntries(groups),
  };
}
