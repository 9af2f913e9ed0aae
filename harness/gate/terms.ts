import type { CellResult, Terms } from '../record/events.ts';
import type { PlannedCell } from '../record/planned.ts';
import { cellId } from '../record/reader.ts';
import type { Results } from '../record/results.ts';

/** What a catalog said of one cell when it was verified. */
export interface CellTerms {
  /** Null where an older log does not say: a cell that was skipped. */
  made: boolean | null;
  /** Why it is not claimed, or not checked. */
  why: string;
  leftOut: Terms['leftOut'] | null;
  asked: NonNullable<Terms['asked']>;
  exemptions: NonNullable<Terms['exemptions']>;
}

/** What a run says of its catalog. */
export interface Catalogued {
  /** The log says of every cell what became of it. Older ones name only what they checked. */
  whole: boolean;
  subjects: ReadonlySet<string>;
  cells: readonly PlannedCell[];
  termsOf: (id: string) => CellTerms | null;
}

/** What the catalog of a run says; of older logs, as much as its cells tell. */
export function catalogued(results: Results): Catalogued {
  const { plan, planned, cells } = results;
  const all = plan === null ? planned : [...plan.values()];
  const asked = new Set(planned.map(cellId));
  const termsOf = (id: string): CellTerms | null => {
    const cell = cells.get(id);
    const terms = plan?.get(id)?.terms;
    if (terms !== undefined) return ofPlan(terms, cell);
    return plan === null && asked.has(id) ? ofCell(cell) : null;
  };
  return { whole: plan !== null, subjects: new Set(all.map(({ subject }) => subject)), cells: all, termsOf };
}

const ofPlan = (terms: Terms, cell: CellResult | undefined): CellTerms => {
  const { notClaimed, leftOut, asked = {}, exemptions = [] } = terms;
  // A claim that says of itself that there is nothing to check is one that is not made.
  const idle = cell?.verdict === 'skipped' && leftOut === undefined;
  return {
    made: notClaimed === undefined && !idle,
    why: notClaimed ?? cell?.summary ?? '',
    leftOut: leftOut ?? null,
    asked,
    exemptions,
  };
};

const ofCell = (cell: CellResult | undefined): CellTerms => ({
  made: cell?.verdict === 'skipped' ? null : true,
  why: cell?.summary ?? '',
  leftOut: null,
  asked: cell?.key?.asked ?? {},
  exemptions: recordedExemptions(cell),
});

/** As `claims/exemptions.ts` writes them; of a cell that was decided, in a log that may come from anywhere. */
function recordedExemptions(cell: CellResult | undefined): CellTerms['exemptions'] {
  const found = cell?.detail.exemptions;
  return (Array.isArray(found) ? found : []).flatMap((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    const { path, cause, reason, owner, expires } = value;
    if (typeof expires !== 'string') return [];
    return {
      ...(typeof path === 'string' ? { path } : {}),
      ...(typeof cause === 'string' ? { cause } : {}),
      reason: typeof reason === 'string' ? reason : '',
      owner: typeof owner === 'string' ? owner : '',
      expires,
    };
  });
}
