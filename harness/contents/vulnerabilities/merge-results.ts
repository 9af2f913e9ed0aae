import type { Vulnerability } from './types.ts';

/** What advisories and a scanner say together, and where only one of them says so: `id package`. */
export interface Merged {
  vulnerabilities: Vulnerability[];
  onlyScanner: string[];
  onlyAdvisories: string[];
}

/** Either is enough; what both found is one, with the fix that the advisory names. */
export function mergeResults(advised: readonly Vulnerability[], scanned: readonly Vulnerability[]): Merged {
  const isSame = (a: Vulnerability, b: Vulnerability): boolean =>
    a.package === b.package && a.names.some((name) => b.names.includes(name));
  const named = ({ id, package: name }: Vulnerability): string => `${id} ${name}`;
  const alone = scanned.filter((one) => !advised.some((other) => isSame(one, other)));
  const found = advised.map((one) => {
    const same = scanned.filter((other) => isSame(one, other));
    const names = [...new Set([...one.names, ...same.flatMap((other) => other.names)])];
    return same.length === 0
      ? one
      : { ...one, names, advisories: [...one.advisories, 'scanner'], undecided: null };
  });
  return {
    vulnerabilities: [...found, ...alone],
    onlyScanner: alone.map(named),
    onlyAdvisories: found.filter(({ advisories }) => !advisories.includes('scanner')).map(named),
  };
}
