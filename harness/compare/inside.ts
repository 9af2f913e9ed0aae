import { Budget, LIMITS } from '../inside/budget.ts';
import { Digests } from '../inside/digests.ts';
import { lookInside, notLooked } from '../inside/look.ts';
import type { InsideDiff } from '../inside/types.ts';
import { nameText } from '../oci/names.ts';
import type { MergedLayers } from '../oci/layers/merge.ts';
import { recordKey, type EntryRecord } from '../oci/layers/records.ts';
import { appliedLog, isLog, loggedAt, type Logged } from './sqlite-log.ts';
import type { Difference } from './tree-diff.ts';

/** One file on one side: what has to be read of it. */
interface Side {
  record: EntryRecord;
  /** For a database of SQLite that has a log on either side, and for the log itself. */
  logged: Logged | null;
}

interface FilePair {
  difference: Difference;
  a: Side;
  b: Side;
}

type Trees = Readonly<Record<'a' | 'b', MergedLayers>>;
type ContentOf = (record: EntryRecord) => Buffer | null;
type Contents = Readonly<Record<'a' | 'b', ContentOf>>;

function logged({ path }: Difference, trees: Trees): [Logged, Logged] | null {
  const [a, b] = [loggedAt(trees.a, path), loggedAt(trees.b, path)];
  return a === null || b === null || (a.log === null && b.log === null) ? null : [a, b];
}

/** Files on both sides whose contents differ. */
function filePairs(differences: readonly Difference[], trees: Trees): FilePair[] {
  return differences.flatMap((difference): FilePair[] => {
    if (!difference.fields.includes('content')) return [];
    const [a, b] = [difference.a?.read().record, difference.b?.read().record];
    if (a?.type !== 'file' || b?.type !== 'file') return [];
    const [logA, logB] = logged(difference, trees) ?? [null, null];
    return [{ difference, a: { record: a, logged: logA }, b: { record: b, logged: logB } }];
  });
}

function recordsOf({ record, logged: one }: Side): EntryRecord[] {
  const records = [record, ...(one === null ? [] : [one.database, one.log ?? record])];
  return [...new Map(records.map((each) => [recordKey(each), each])).values()];
}

/** The pairs that there is room for, from the first; the same for the same input. */
function chosen(pairs: readonly FilePair[], found: Map<Difference, InsideDiff>): FilePair[] {
  let left: number = LIMITS.totalBytes;
  return pairs.filter(({ difference, a, b }, number) => {
    const sizes = [...recordsOf(a), ...recordsOf(b)].map(({ size }) => size);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const tooMany = number >= LIMITS.files;
    if (!tooMany && Math.max(...sizes) <= LIMITS.fileBytes && total <= left) {
      left -= total;
      return true;
    }
    found.set(difference, notLooked(tooMany ? 'count' : 'size'));
    return false;
  });
}

/** The same database, of which one file holds what the other's log still has to write. */
function writtenBack({ a, b }: FilePair): InsideDiff {
  const text = (side: Side): string => {
    const size = side.logged?.log?.size ?? 0;
    return size === 0 ? 'none' : `${size} bytes that are not written back`;
  };
  const fields = [{ field: 'write-ahead-log', offset: null, a: text(a), b: text(b) }];
  return { format: 'sqlite', part: '', change: 'changed', fields, children: [] };
}

/** Two databases as SQLite reads them; undefined where they are none, or have no log. */
async function lookAtRows(
  { a, b }: FilePair,
  contents: Contents,
  budget: Budget,
): Promise<InsideDiff | null | undefined> {
  if (a.logged === null || b.logged === null) return undefined;
  const [one, other] = [appliedLog(a.logged, contents.a), appliedLog(b.logged, contents.b)];
  return one === null || other === null ? undefined : lookInside(one, other, budget);
}

/** What is to be looked into: pairs of files, and findings for those that there is no room for. */
export class InsideLook {
  readonly found = new Map<Difference, InsideDiff>();
  readonly #pairs: readonly FilePair[];
  readonly #paths: ReadonlySet<string>;

  constructor(differences: readonly Difference[], trees: Trees) {
    this.#pairs = chosen(filePairs(differences, trees), this.found);
    this.#paths = new Set(this.#pairs.map(({ difference }) => difference.path));
  }

  /** What has to be at hand of one image. */
  records(side: 'a' | 'b'): EntryRecord[] {
    return this.#pairs.flatMap((pair) => recordsOf(pair[side]));
  }

  /** Looks inside the chosen pairs; one at a time is in memory. */
  async look(contents: Contents): Promise<void> {
    const budget = new Budget();
    const digests = new Digests();
    for (const pair of this.#pairs) {
      const diff = await this.#lookAt(pair, contents, { budget, digests });
      if (diff !== null) this.found.set(pair.difference, diff);
    }
    for (const [difference, diff] of this.found)
      this.found.set(difference, digests.marked(diff, nameText(difference.path)));
  }

  async #lookAt(
    pair: FilePair,
    contents: Contents,
    { budget, digests }: { budget: Budget; digests: Digests },
  ): Promise<InsideDiff | null> {
    const [one, other] = [contents.a(pair.a.record), contents.b(pair.b.record)];
    if (one === null || other === null) return null;
    const { path } = pair.difference;
    if (!isLog(path)) {
      const rows = await lookAtRows(pair, contents, budget);
      const known = { path: nameText(path), digests };
      return rows === undefined ? lookInside(one, other, budget, known) : (rows ?? writtenBack(pair));
    }
    const log = await lookInside(one, other, budget);
    // Where the database differs as well, its rows are reported there.
    if (log === null || this.#paths.has(path.slice(0, -4))) return log;
    const rows = await lookAtRows(pair, contents, budget);
    return rows == null ? log : { ...log, children: [...log.children, { ...rows, part: 'database' }] };
  }
}
