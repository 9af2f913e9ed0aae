interface Told {
  subject: string;
  claim: string;
  verdict: string;
  summary: string;
}

/**
 * Cells with their claims, in their order. Claims of one subject that could not be checked for the same reason are one:
 * what keeps a system from being started keeps all claims about it from being checked.
 */
export function foldedErrors<T extends Told>(cells: readonly T[]): (T & { claims: string })[] {
  const groups = Map.groupBy(cells, (cell) => {
    const { subject, claim, verdict, summary } = cell;
    return JSON.stringify(verdict === 'error' ? [subject, verdict, summary] : [subject, claim]);
  });
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : { ...first, claims: [first, ...others].map(({ claim }) => claim).join(', ') },
  );
}
