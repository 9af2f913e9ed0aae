import { type CellErrorCode, CELL_ERROR_CODES, TwinproofError, errorLine } from '../../errors.ts';
import type { AuditCase, AuditFinding } from '../claims/types.ts';
import type { Chosen } from '../choose.ts';
import { ScratchFolder } from '../../oci/scratch.ts';
import { withInjections } from './inject.ts';
import { planRebuild } from './plan.ts';
import { type RebuildOptions, rebuildTwins } from './twins.ts';
import type { Lack, Outcome, Rebuild } from './types.ts';

export type RebuildsOptions = Omit<RebuildOptions, 'one'>;

/**
 * Rebuilds every platform of an image that can be. What keeps one from being rebuilt is its outcome, all of it at once.
 * @param source what the claim `source` found: nothing is built from what it did not find right
 */
export async function rebuildAll(
  audited: Pick<AuditCase, 'platforms' | 'source'>,
  source: AuditFinding,
  options: RebuildsOptions,
): Promise<Rebuild[]> {
  const rebuilds: Rebuild[] = [];
  for (const one of audited.platforms)
    rebuilds.push({
      platform: one.image.platform,
      digest: one.image.manifest.digest,
      outcome: await outcomeOf(one, audited.source, source, options),
    });
  return rebuilds;
}

async function outcomeOf(
  one: Chosen,
  source: AuditCase['source'],
  finding: AuditFinding,
  options: RebuildsOptions,
): Promise<Outcome> {
  if (source.kind !== 'checkout') {
    if (source.kind === 'unavailable') return { kind: 'lacking', lacks: withoutSource(one, source.message) };
    return { kind: 'rests-on', why: `source: ${finding.summary}` };
  }
  if (finding.verdict !== 'pass') return { kind: 'rests-on', why: `source: ${finding.summary}` };
  try {
    const planned = await planRebuild(one, source.checkout);
    if ('lacks' in planned) return { kind: 'lacking', lacks: planned.lacks };
    await using scratch = new AsyncDisposableStack();
    const folder = scratch.adopt(await ScratchFolder.make('audit-rebuild'), (made) => made.close());
    const injected = await withInjections(planned.plan, one, {
      places: options.places,
      scratch: folder.path,
    });
    if ('lacks' in injected) return { kind: 'lacking', lacks: injected.lacks };
    return await rebuildTwins(injected.plan, { ...options, one });
  } catch (error) {
    return failure(error);
  }
}

/** What can be determined without the source is reported with it. */
function withoutSource({ recipe }: Chosen, message: string): Lack[] {
  return [
    { code: 'source-unavailable', what: message },
    ...recipe.missing.map(({ code, what }) => ({ code, what })),
  ];
}

/** An image that cannot be got is something that the rebuild lacks; the rest says nothing about the image. */
function failure(error: unknown): Outcome {
  if (!(error instanceof TwinproofError)) throw error;
  const what = errorLine(error);
  if (error.code === 'builder-unresolved' || error.code === 'unsupported')
    return { kind: 'lacking', lacks: [{ code: error.code, what }] };
  const code: CellErrorCode | undefined = CELL_ERROR_CODES.find((known) => known === error.code);
  if (code === undefined) throw error;
  return { kind: 'error', code, message: what };
}
