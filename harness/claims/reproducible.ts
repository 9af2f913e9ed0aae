import { readFile } from 'node:fs/promises';
import type { TwinBuild } from '../build/types.ts';
import { compareImages } from '../compare/compare.ts';
import type { DiffResult } from '../compare/types.ts';
import { contextOfBuilds } from '../explain/context.ts';
import { explainDiff } from '../explain/explain.ts';
import { causeCounts, certainCauses } from '../explain/group.ts';
import type { Context } from '../explain/types.ts';
import type { Claim, ClaimContext, Detail, Failure, Finding } from './types.ts';
import { failedBuild, undecided } from './failed-build.ts';

const MAX_DIFFERENCES = 1000;
/** Paths named in the run log itself; the whole difference is in the evidence. */
const NAMED_PATHS = 50;

/** Both twins are equal at the rung the catalog asks for (default `config`, the image ID). */
export const reproducible: Claim = {
  id: 'reproducible',
  statement: 'two isolated builds give the same image',
  check,
};

async function check(context: ClaimContext): Promise<Finding & { failures?: Failure[] }> {
  const failed = failedBuild(context.builds);
  if (failed !== undefined) return undecided(failed.error, context.buildEvidence);
  const rung = context.request.rung ?? 'config';
  const [first, ...others] = context.builds;
  if (first === undefined || others.length === 0) throw new Error('reproducible needs at least two builds');
  let result: DiffResult | undefined;
  for (const other of others) {
    const a = await context.image(first);
    const b = await context.image(other);
    const found = await compareImages(a, b, { rung, maxDiffs: MAX_DIFFERENCES });
    result = found.identical ? found : explainDiff(found, await contextOf(context, first, other));
    if (!result.identical) break;
  }
  if (result === undefined) throw new Error('nothing was compared');
  return finding(context, rung, result);
}

/** What is known of two builds, so that their difference can be explained. */
async function contextOf({ subject }: ClaimContext, a: TwinBuild, b: TwinBuild): Promise<Context> {
  const { recipe, sourceDateEpoch } = subject;
  const text =
    recipe.kind === 'containerfile' ? await readFile(recipe.containerfile, 'utf8') : recipe.command.join(' ');
  return contextOfBuilds([a, b], { sourceDateEpoch, recipe: text });
}

async function finding(
  context: ClaimContext,
  rung: string,
  result: DiffResult,
): Promise<Finding & { failures?: Failure[] }> {
  const evidence = [...context.buildEvidence];
  if (!result.identical) {
    evidence.push(
      await context.evidence.addText('diff', `${JSON.stringify(result, null, 2)}\n`, 'application/json'),
    );
  }
  const base = { detail: detailOf(rung, result), evidence };
  if (result.identical) {
    return { ...base, verdict: 'pass', summary: `equal at ${result.rung}; image ID ${result.a.config}` };
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
    summary: `differs (asked for ${rung}, first rung that holds: ${result.rung}); ${what}${causesText(result)}`,
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

function detailOf(rung: string, result: DiffResult): Detail {
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
  };
}
