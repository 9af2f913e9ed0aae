import type { CellResult } from '../record/events.ts';
import { cellId } from '../record/reader.ts';
import type { Results } from '../record/results.ts';
import { addedExemptions, loweredTerms } from './lowered.ts';
import { type Catalogued, type CellTerms, catalogued } from './terms.ts';
import { type Change, type State, kindOf } from './kind.ts';
import { newFindings } from './new-findings.ts';
import { weakerBuilds } from './weaker.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import type { Registry } from '../model/registry.ts';

export interface CellChange {
  subject: string;
  claim: string;
  change: Change;
  /** Null where it was not asked for, `missing` where it was and never decided. */
  before: State;
  now: State;
  /** The same inputs gave another verdict before: the result is not stable. */
  flaky: boolean;
  /** What changed in what the catalog says, or how the run was called; else the summary of now, or of the baseline where there is none. */
  summary: string;
}

/** One cell in one of the two runs. */
interface Side {
  results: Results;
  catalog: Catalogued;
  asked: ReadonlySet<string>;
}

const sideOf = (results: Results): Side => ({
  results,
  catalog: catalogued(results),
  asked: new Set(results.planned.map(cellId)),
});

/** Each cell of now and of the baseline, in the order of the catalog; what is gone comes last. One cell may change in several ways. */
export function compareResults(
  now: Results,
  baseline: Results,
  claims: Registry<ClaimDeclaration>,
): CellChange[] {
  const [is, was] = [sideOf(now), sideOf(baseline)];
  const all = new Map([...is.catalog.cells, ...was.catalog.cells].map((cell) => [cellId(cell), cell]));
  return [...all].flatMap(([id, { subject, claim }]) =>
    changesOf({ id, subject, claim, declared: claims.find(claim) }, is, was),
  );
}

interface Compared {
  id: string;
  subject: string;
  claim: string;
  /** Undefined for a claim that this program does not know. */
  declared: ClaimDeclaration | undefined;
}

function changesOf(cell: Compared, is: Side, was: Side): CellChange[] {
  const { id, subject, claim } = cell;
  const [after, before] = [is.results.cells.get(id), was.results.cells.get(id)];
  const [now, then] = [stateOf(is, id), stateOf(was, id)];
  const terms = { now: is.catalog.termsOf(id), then: was.catalog.termsOf(id) };
  const flaky = sameInputs(after, before) && decided(now) && decided(then) && now !== then;
  const of = (change: Change, summary: string): CellChange => ({
    ...{ subject, claim, change, before: then, now },
    flaky: false,
    summary,
  });
  const { whole, subjects } = is.catalog;
  const change = kindOf(now, then, { ...terms, listed: whole && subjects.has(subject), whole });
  const asked = termChanges(terms.now, terms.then, cell.declared).map(({ kind, what }) => of(kind, what));
  const weak = claim === 'reproducible' && decided(now) ? weakerOf(subject, is, was) : [];
  // That it is waived says nothing beside the exemption that did it.
  const reported =
    change === 'waived' && asked.some(({ change: kind }) => kind === 'exempted') ? [] : [change];
  const why = change === 'withdrawn' ? (terms.now?.why ?? '') : '';
  const summary = why || ((after ?? before)?.summary ?? '');
  const main = reported.map((kind) => ({ ...of(kind, summary), flaky }));
  const found = newFindings(after, before, cell.declared);
  const fresh = found === null ? [] : [of('new-finding', found)];
  return [...main, ...fresh, ...asked, ...weak.map((what) => of('weaker', what))];
}

const stateOf = ({ results, asked }: Side, id: string): State =>
  results.cells.get(id)?.verdict ?? (asked.has(id) ? 'missing' : null);

const sameInputs = (a: CellResult | undefined, b: CellResult | undefined): boolean =>
  a !== undefined && b !== undefined && a.keyDigest !== null && a.keyDigest === b.keyDigest;

const decided = (state: State): boolean => state === 'pass' || state === 'fail';

const weakerOf = (subject: string, is: Side, was: Side): string[] =>
  weakerBuilds(is.results.twins.get(subject), was.results.twins.get(subject));

/** What the catalog says of a cell that it claims, and said otherwise before. */
function termChanges(
  now: CellTerms | null,
  then: CellTerms | null,
  declared: ClaimDeclaration | undefined,
): { kind: 'exempted' | 'lowered'; what: string }[] {
  if (now?.made !== true) return [];
  const lowered = then?.made === true ? loweredTerms(now, then, declared) : [];
  return [
    ...addedExemptions(now, then).map((what) => ({ kind: 'exempted' as const, what })),
    ...lowered.map((what) => ({ kind: 'lowered' as const, what })),
  ];
}
