import type { Cause, DiffResult, EntryDiff, PointerDiff } from '../compare/types.ts';
import { Contents } from './derived.ts';
import { Drift } from './drift.ts';
import type { CauseDefinition } from './cause.ts';
import { believed } from './believe.ts';
import { causeOf, claimsOf, explainEntry, unknownCause } from './explain-entry.ts';
import { differInEmptyLayers } from './empty-layers.ts';
import { pointerSite, valueText } from './pointer.ts';
import { CAUSES } from './registry.ts';
import { renamedPairs } from './renamed.ts';
import { entrySites } from './sites/entry.ts';
import { lineSites } from './sites/lines.ts';
import type { Context, Document, DifferenceSite } from './types.ts';
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
  document: Document;
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

function explainEntries(entries: readonly EntryDiff[], context: Context, known: Causes): EntryDiff[] {
  const renamed = renamedPairs(entries);
  const contents = new Contents(entries);
  const drift = new Drift(entries);
  const causes = new Map<EntryDiff, Cause[]>();
  const waiting: { entry: EntryDiff; from: string }[] = [];
  for (const entry of entries) {
    const sites = renamed.get(entry) ?? entrySites(entry);
    const sources = sites.map((site) => contents.source(site, entry.path));
    const own = sites.filter((_, at) => sources[at] === null);
    const from = sources.find((source) => source !== null);
    if (typeof from === 'string') waiting.push({ entry, from });
    const follows = typeof from === 'string' && own.length === 0;
    const reported = follows
      ? []
      : explainEntry(entry, context, { sites: own, drift: drift.of(entry), known });
    causes.set(entry, reported);
  }
  const byName = (name: string): Cause[] =>
    [...causes].find(([{ path }]) => path === name || path.endsWith(`/${name}`))?.[1] ?? [];
  for (const { entry, from } of waiting) {
    const [root] = byName(from);
    if (root === undefined) continue;
    const evidence = `holds a digest of ${from}, which differs: ${root.evidence}`;
    const reported = causes.get(entry) ?? [];
    if (!reported.some(({ id }) => id === root.id))
      reported.push({ ...root, confidence: 'likely', evidence });
    causes.set(entry, reported);
  }
  for (const entry of entries.filter(isTrailer)) {
    const root = entries.find((other) => resizes(other, entry));
    const [cause] = root === undefined ? [] : (causes.get(root) ?? []);
    if (root === undefined || cause === undefined) continue;
    const evidence = `the end of the layer follows from ${root.path}, which differs: ${cause.evidence}`;
    causes.set(entry, [{ ...cause, confidence: 'likely', evidence }]);
  }
  return entries.map((entry) => ({ ...entry, causes: causes.get(entry) ?? [] }));
}

/** Zeros at the end of a layer, which some writers fill up to whole records. */
const isTrailer = ({ path, fields }: EntryDiff): boolean => path === '' && fields.join() === 'trailer';

/** Something in the same layer takes more room in one than in the other. */
const resizes = (other: EntryDiff, { layerA, layerB }: EntryDiff): boolean =>
  (other.change !== 'changed' || other.fields.includes('size')) &&
  ((other.layerA !== null && other.layerA === layerA) || (other.layerB !== null && other.layerB === layerB));

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
  const explained = (diffs: readonly PointerDiff[], document: Document['document']): PointerDiff[] =>
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
