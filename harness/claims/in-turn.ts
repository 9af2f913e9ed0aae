/**
 * Checks claims one after the other; those that look at machines of their own only are begun right after the first one, beside
 * the rest.
 * @returns results in the order of the claims
 */
export async function* inTurn<Claim, Result>(
  claims: readonly Claim[],
  { isApart, check }: { isApart: (claim: Claim) => boolean; check: (claim: Claim) => Promise<Result> },
): AsyncGenerator<Result> {
  const begun = new Map<Claim, Promise<Result>>();
  for (const claim of claims) {
    yield await (begun.get(claim) ?? check(claim));
    if (claim !== claims[0]) continue;
    for (const other of claims.slice(1).filter(isApart)) {
      const result = check(other);
      // It is waited for in its turn, and not at all where nobody goes on.
      result.catch(() => undefined);
      begun.set(other, result);
    }
  }
}
