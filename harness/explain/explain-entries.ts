import type { Cause, EntryDiff } from '../compare/types.ts';
import type { Registry } from '../model/registry.ts';
import type { CauseDefinition } from './cause.ts';
import { Contents } from './derived.ts';
import { Drift } from './drift.ts';
import { explainEntry } from './explain-entry.ts';
import { renamedPairs } from './renamed.ts';
import { entrySites } from './sites/entry.ts';
import type { Context } from './types.ts';

/** An entry with what is known of it by itself, and the others whose digests it holds. */
interface Reported {
  causes: Cause[];
  /** Paths, each once. */
  from: string[];
  /** All that differs is such a digest, and each was recomputed. */
  only: boolean;
}

/** Files whose digests one file holds; more add nothing. */
const MAX_SOURCES = 20;
/** Digests of digests. */
const MAX_DEPTH = 4;

class Following {
  readonly #reported: ReadonlyMap<string, Reported>;
  readonly #byName = new Map<string, string>();

  constructor(reported: ReadonlyMap<string, Reported>) {
    this.#reported = reported;
    for (const path of reported.keys()) this.#byName.set(path.slice(path.lastIndexOf('/') + 1), path);
  }

  /** The causes of an entry with those of the files whose digests it holds. */
  causesOf(path: string, depth = 0): Cause[] {
    const { causes, from, only } = this.#reported.get(path) ?? { causes: [], from: [], only: false };
    if (depth > MAX_DEPTH) return causes;
    const found = [...causes];
    for (const source of from) {
      const root = this.#reported.has(source) ? source : (this.#byName.get(source) ?? source);
      for (const cause of root === path ? [] : this.causesOf(root, depth + 1)) {
        if (cause.alternative === true || found.some(({ id }) => id === cause.id)) continue;
        const evidence = `holds a digest of ${root}, which differs: ${cause.evidence}`;
        const { id, fix } = cause;
        found.push({ id, fix, evidence, confidence: only ? cause.confidence : 'likely' });
      }
    }
    // A link to debugging information follows from what is in there.
    return found.toSorted((one, other) => Number(one.id === 'build-id') - Number(other.id === 'build-id'));
  }
}

/** The same entries with their causes. */
export function explainEntries(
  entries: readonly EntryDiff[],
  context: Context,
  known: Registry<CauseDefinition>,
): EntryDiff[] {
  const renamed = renamedPairs(entries);
  const contents = new Contents(entries);
  const drift = new Drift(entries);
  const reported = new Map<string, Reported>();
  const report = (entry: EntryDiff): Reported => {
    const sites = renamed.get(entry) ?? entrySites(entry);
    const sources = sites.map((site) => contents.source(site, entry.path));
    const own = sites.filter((_, at) => sources[at] === null);
    const from = [
      ...new Set(sources.flatMap((source) => (source?.path === entry.path ? [] : (source?.path ?? [])))),
    ];
    const only = own.length === 0 && from.length > 0;
    const content = own.length > 0 || only ? own : sites;
    return {
      causes: only ? [] : explainEntry(entry, context, { sites: content, drift: drift.of(entry), known }),
      from: from.slice(0, MAX_SOURCES),
      only: only && sources.every((source) => source?.recomputed === true),
    };
  };
  const all = entries.map((entry) => ({ entry, found: report(entry) }));
  for (const { entry, found } of all) reported.set(entry.path, found);
  const following = new Following(reported);
  const explained = all.map(({ entry, found }) => ({
    ...entry,
    causes: found.from.length === 0 ? found.causes : following.causesOf(entry.path),
  }));
  return explained.map((entry) => (isTrailer(entry) ? withResized(entry, explained) : entry));
}

/** Zeros at the end of a layer, which some writers fill up to whole records. */
const isTrailer = ({ path, fields }: EntryDiff): boolean => path === '' && fields.join() === 'trailer';

/** Something in the same layer takes more room in one than in the other. */
const resizes = (other: EntryDiff, { layerA, layerB }: EntryDiff): boolean =>
  (other.change !== 'changed' || other.fields.includes('size')) &&
  ((other.layerA !== null && other.layerA === layerA) || (other.layerB !== null && other.layerB === layerB));

/** The end of a layer with the cause of what is longer in it. */
function withResized(entry: EntryDiff, entries: readonly EntryDiff[]): EntryDiff {
  const root = entries.find((other) => resizes(other, entry));
  const [cause] = root?.causes ?? [];
  if (root === undefined || cause === undefined) return entry;
  const evidence = `the end of the layer follows from ${root.path}, which differs: ${cause.evidence}`;
  return { ...entry, causes: [{ ...cause, confidence: 'likely', evidence }] };
}
