import type { Cause, DiffResult, EntryDiff, PointerDiff } from '../compare/types.ts';
import type { CauseDefinition } from './cause.ts';
import { believed } from './believe.ts';
import { explainEntries } from './explain-entries.ts';
import { causeOf, claimsOf, unknownCause } from './explain-entry.ts';
import { differInEmptyLayers } from './empty-layers.ts';
import { pointerSite, valueText } from './pointer.ts';
import { CAUSES } from './registry.ts';
import { lineSites } from './sites/lines.ts';
import type { Context, ComparedDocument, DifferenceSite } from './types.ts';
import type { Registry } from '../model/registry.ts';

type Causes = Registry<CauseDefinition>;

/** Nothing is known but the difference itself. */
export const NOTHING_KNOWN: Context = {
  a: { environment: null, built: null, ahead: 0 },
  b: { environment: null, built: null, ahead: 0 },
  sourceDateEpoch: null,
  recipe: '',
};

/** What follows from other differences: digests and sizes of layers, and what buildah notes of copied content. */
const FOLLOWS =
  /^\/rootfs\/diff_ids(?:\/\d+)?$|^\/history\/\d+\/created_by$|^\/config\/(?:digest|size)$|^\/layers\/\d+\/(?:digest|size)$|^\/config\/Image$|^\/(?:id|parent)$/;

/** Of the image that this one was made of: other layers, and so another digest (buildah notes it in an annotation). */
const BASE = '/org.opencontainers.image.base.digest';

/** A history line that differs in more than the digest of what was copied. */
function isCommand({ pointer, a, b }: PointerDiff): boolean {
  if (!pointer.endsWith('/created_by') || typeof a !== 'string' || typeof b !== 'string') return false;
  const plain = (text: string): string => text.replaceAll(/(?:dir|file|multi|sha256):[0-9a-f]{64}/g, '');
  return plain(a) !== plain(b);
}

/** A document of the image, for those who explain entries. */
const DOCUMENT: EntryDiff = {
  path: '',
  change: 'changed',
  fields: [],
  a: null,
  b: null,
  layerA: null,
  layerB: null,
  causes: [],
};

interface Around {
  document: ComparedDocument;
  context: Context;
  known: Causes;
}

function pointerCauses(diff: PointerDiff, { document, context, known }: Around): Cause[] {
  for (const { id, explainDocument } of known) {
    const claim = explainDocument?.(diff, document) ?? null;
    if (claim !== null) return [causeOf({ ...claim, id })];
  }
  if (FOLLOWS.test(diff.pointer) && !isCommand(diff)) return [];
  if (diff.pointer.endsWith(BASE) && !document.sameLayers) return [];
  const sites = isCommand(diff) ? commandSites(diff) : [pointerSite(diff)];
  const seen = { entry: DOCUMENT, sites, recipe: context.recipe, drift: '' };
  const { main, left } = believed(claimsOf(seen, context, known), sites);
  const unknown = main.length === 0 || left.length > 0 ? [unknownCause(left, diff.pointer)] : [];
  return [...main.map(causeOf), ...unknown];
}

/** The words in which two commands differ, each of which can have its own cause. */
function commandSites({ pointer, a, b }: PointerDiff): DifferenceSite[] {
  return lineSites(valueText(a), valueText(b), { format: 'json', part: '' }, pointer);
}

function withCauses(diff: PointerDiff, around: Around): PointerDiff {
  const causes = pointerCauses(diff, around);
  return causes.length === 0 ? diff : { ...diff, causes };
}

/** The index is all that differs. */
function indexCauses(result: DiffResult): PointerDiff[] {
  const { a, b } = result;
  if (a.manifest !== b.manifest || a.index === b.index) return [];
  const known = (name: 'a' | 'b', index: string | null) => (index === null ? {} : { [name]: index });
  return [{ pointer: '', ...known('a', a.index), ...known('b', b.index) }];
}

/** The same result with the causes of all its differences. Pure: same input, same causes. */
export function explainDiff(result: DiffResult, context: Context, known: Causes = CAUSES): DiffResult {
  const facts = {
    sameLayers: result.a.diffIds.join() === result.b.diffIds.join(),
    sameManifest: result.a.manifest === result.b.manifest,
    emptyLayers: differInEmptyLayers(result.a.diffIds, result.b.diffIds),
    movedLayers: result.movedLayers ?? [],
  };
  const explained = (diffs: readonly PointerDiff[], document: ComparedDocument['document']): PointerDiff[] =>
    diffs.map((diff) => withCauses(diff, { document: { ...facts, document, diffs }, context, known }));
  const index = explained(indexCauses(result), 'index');
  return {
    ...result,
    ...(index.length === 0 ? {} : { index }),
    config: explained(result.config, 'config'),
    manifest: explained(result.manifest, 'manifest'),
    entries: explainEntries(result.entries, context, known),
  };
}
