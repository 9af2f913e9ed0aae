import type { Cause, DiffResult, EntryDiff, PointerDiff } from '../compare/types.ts';
import { causePage } from './docs.ts';
import { type MadeBy, madeBy } from './made-by.ts';
import { compareText } from '../model/text-order.ts';

/** Differences that have one cause and one fix, and come from one layer. */
export interface CauseGroup {
  id: string;
  /** Where it is described: `docs/causes.md#hostname`. */
  about: string;
  /** The weakest of all in the group. */
  confidence: Cause['confidence'];
  fix: string;
  /** The instruction that made the layer, or what the difference stands in. */
  origin: string;
  /** The instruction of the Containerfile that made the files themselves; null where that cannot be determined. */
  madeBy: MadeBy | null;
  /** Paths of entries, or JSON pointers into a document. */
  places: string[];
  /** The packages that own them, as far as any does: `nginx 1.22.1-9`, by place. */
  packages: Record<string, string>;
  /** Of the first. */
  evidence: string;
  /** About how many of the bytes that differ in contents it accounts for. */
  bytes: number;
}

/** `twinproof/explain/v1`: what a difference comes to, by cause. */
export interface Explanation {
  schema: 'twinproof/explain/v1';
  a: string;
  b: string;
  rung: DiffResult['rung'];
  identical: boolean;
  causes: CauseGroup[];
  /** Places for which `unknown` is named. */
  unexplained: number;
  /**
   * About how many of the bytes that differ in the contents of files some cause accounts for, of how many. What follows from
   * others, such as digests, is not counted.
   */
  accounted: { bytes: number; of: number };
  /** There are more differences than were explained. */
  truncated: boolean;
}

const WEAKER: Record<Cause['confidence'], number> = { proven: 0, exact: 1, likely: 2 };

interface Item {
  place: string;
  origin: string;
  madeBy: MadeBy | null;
  /** Empty where none owns it. */
  owner: string;
  cause: Cause;
}

function ownerOf({ packageA, packageB }: EntryDiff): string {
  const [a, b] = [packageA ?? packageB, packageB ?? packageA];
  if (a === undefined || b === undefined || a === null || b === null) return '';
  const versions = a.version === b.version ? a.version : `${a.version} and ${b.version}`;
  return a.name === b.name ? `${a.name} ${versions}` : `${a.name} ${a.version} and ${b.name} ${b.version}`;
}

function originOf(entry: EntryDiff): string {
  const made = entry.instructionA ?? entry.instructionB ?? null;
  const layer = entry.layerA ?? entry.layerB;
  if (layer === null) return 'made by an unknown instruction';
  if (made === null || made.createdBy === '') return `in layer ${layer + 1}`;
  return `made by instruction ${made.history + 1}: ${made.createdBy}`;
}

function items(result: DiffResult, recipe: string): Item[] {
  const documents = [
    ['index', result.index ?? []],
    ['config', result.config],
    ['manifest', result.manifest],
  ] as const;
  const of = (name: string, { pointer, causes = [] }: PointerDiff): Item[] =>
    causes.map((cause) => ({
      place: `${name} ${pointer}`.trim(),
      origin: `in the ${name}`,
      madeBy: null,
      owner: '',
      cause,
    }));
  return [
    ...result.entries.flatMap((entry): Item[] => {
      const made = recipe === '' ? null : madeBy(entry.path, recipe);
      const of = { place: entry.path, origin: originOf(entry), madeBy: made, owner: ownerOf(entry) };
      return entry.causes.map((cause) => ({ ...of, cause }));
    }),
    ...documents.flatMap(([name, diffs]) => diffs.flatMap((diff) => of(name, diff))),
  ];
}

/** A path in a fix is that of one file; with many, the fix is the same but for it. */
function fixKey({ cause, place }: Item): string {
  return cause.fix.replaceAll(`/${place}`, '/…');
}

function groupOf(members: readonly Item[]): CauseGroup | null {
  const [first] = members;
  if (first === undefined) return null;
  const { id, evidence } = first.cause;
  const weakest =
    members.toSorted((a, b) => WEAKER[b.cause.confidence] - WEAKER[a.cause.confidence])[0] ?? first;
  return {
    id,
    about: causePage(id),
    confidence: weakest.cause.confidence,
    fix: [...new Set(members.map(({ cause }) => cause.fix))].slice(0, 5).join('; '),
    origin: first.origin,
    madeBy: first.madeBy,
    places: members.map(({ place }) => place),
    packages: Object.fromEntries(
      members.filter(({ owner }) => owner !== '').map(({ place, owner }) => [place, owner]),
    ),
    evidence,
    bytes: members.reduce((sum, { cause }) => sum + (cause.bytes ?? 0), 0),
  };
}

/**
 * Groups the causes of a difference that was explained; the largest groups first, `unknown` last.
 * @param recipe the Containerfile, where it is known
 */
export function explanationOf(result: DiffResult, recipe = ''): Explanation {
  const certain = items(result, recipe).filter(({ cause }) => cause.alternative !== true);
  const grouped = Map.groupBy(certain, (item) =>
    [item.cause.id, fixKey(item), item.origin, item.madeBy?.line ?? ''].join('\0'),
  );
  const causes = [...grouped.values()].flatMap((members) => groupOf(members) ?? []);
  const unknownLast = (group: CauseGroup): number => (group.id === 'unknown' ? 1 : 0);
  causes.sort((a, b) => unknownLast(a) - unknownLast(b) || b.places.length - a.places.length);
  return {
    schema: 'twinproof/explain/v1',
    a: result.a.ref,
    b: result.b.ref,
    rung: result.rung,
    identical: result.identical,
    causes,
    unexplained: causes
      .filter(({ id }) => id === 'unknown')
      .reduce((sum, { places }) => sum + places.length, 0),
    accounted: {
      bytes: bytesIn(causes.filter(({ id }) => id !== 'unknown')),
      of: bytesIn(causes),
    },
    truncated: result.truncated,
  };
}

const bytesIn = (groups: readonly CauseGroup[]): number => groups.reduce((sum, { bytes }) => sum + bytes, 0);

/** Ids of the causes, without those that are alternatives to likelier ones. */
export const certainCauses = (causes: readonly Cause[]): string[] =>
  causes.filter(({ alternative }) => alternative !== true).map(({ id }) => id);

/** How many differences have each cause, by id. */
export function causeCounts(result: DiffResult): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { id, places } of explanationOf(result).causes)
    counts.set(id, (counts.get(id) ?? 0) + places.length);
  return Object.fromEntries([...counts].sort(([a], [b]) => compareText(a, b)));
}
