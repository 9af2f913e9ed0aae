/**
 * Tells reasons once: asked again for the same one it names the claim that had it first. What keeps a system from being
 * started keeps all claims about it from being checked, and nobody reads one sentence eleven times.
 */
export function saidBefore(): (claim: string, reason: string) => string {
  const first = new Map<string, string>();
  return (claim, reason) => {
    const earlier = first.get(reason);
    if (earlier !== undefined) return `for the same reason as ${earlier}`;
    first.set(reason, claim);
    return reason;
  };
}
