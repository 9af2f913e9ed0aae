import { errorLine, TwinproofError } from '../errors.ts';

const MAX_TOLD = 20;
/** What stops everything comes before what is the matter with one file; other bytes before no bytes. */
const ORDER = ['interrupted', 'storage', 'input-mismatch', 'input-unavailable'];

/**
 * One error for several files: it has the code of the gravest, tells all of them (the first twenty by their text),
 * and holds them as an AggregateError. What is not a TwinproofError is our own fault and is returned as it is.
 */
export function joinFailures(failures: unknown[]): unknown {
  const foreign = failures.find((failure) => !(failure instanceof TwinproofError));
  if (foreign !== undefined) return foreign;
  const known = (failures as TwinproofError[]).toSorted((a, b) => rank(a) - rank(b));
  const [first] = known;
  if (first === undefined || known.length === 1) return first;
  if (rank(first) < ORDER.indexOf('input-mismatch')) return first;
  const reported = known
    .slice(0, MAX_TOLD)
    .map((failure) => (failure.code === first.code ? failure.message : bare(failure)));
  const more = known.length > MAX_TOLD ? ` · and ${known.length - MAX_TOLD} more` : '';
  return new TwinproofError(first.code, `${known.length} files: ${reported.join(' · ')}${more}`, {
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    cause: new AggregateError(known),
  });
}

function rank({ code }: TwinproofError): number {
  const place = ORDER.indexOf(code);
  return place === -1 ? ORDER.length : place;
}

function bare(failure: TwinproofError): string {
  return errorLine(new TwinproofError(failure.code, failure.message));
}
