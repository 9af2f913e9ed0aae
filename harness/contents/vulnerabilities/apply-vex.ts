import { PackageURL } from 'packageurl-js';
import { parseUrl } from '../sbom/package-of-url.ts';
import { isJustified, type Statement } from './openvex.ts';
import type { Vulnerability } from './types.ts';

/** A vulnerability that a statement takes back. */
export interface Excused {
  vulnerability: Vulnerability;
  /** Where the statement is. */
  statement: string;
  why: string;
}

/**
 * Tells vulnerabilities apart by what statements say of them. Only what names the package itself, or the image by its digest
 * and the package in it, counts; the last word of several is believed.
 * @param digests of the image
 */
export function applyVex(
  vulnerabilities: readonly Vulnerability[],
  statements: readonly Statement[],
  digests: readonly string[],
): { open: Vulnerability[]; excused: Excused[] } {
  const byName = new Map<string, Statement[]>();
  for (const statement of statements.filter(isJustified))
    for (const name of statement.names) byName.set(name, [...(byName.get(name) ?? []), statement]);
  const open: Vulnerability[] = [];
  const excused: Excused[] = [];
  for (const vulnerability of vulnerabilities) {
    const about = new Set(vulnerability.names.flatMap((name) => byName.get(name) ?? []));
    const last = [...about]
      .filter((one) => covers(one, vulnerability, digests))
      .reduce<Statement | null>(laterOf, null);
    if (last?.status === 'not_affected' || last?.status === 'fixed')
      excused.push({ vulnerability, statement: last.where, why: last.why === '' ? last.status : last.why });
    else open.push(vulnerability);
  }
  return { open, excused };
}

/** Of two of the same time, the one that takes nothing back. */
function laterOf(known: Statement | null, one: Statement): Statement {
  if (known === null) return one;
  const [a, b] = [known, one].map(({ time }) => (time === null ? 0 : Date.parse(time) || 0)) as [
    number,
    number,
  ];
  if (a !== b) return b > a ? one : known;
  return known.status === 'not_affected' || known.status === 'fixed' ? one : known;
}

function covers({ products }: Statement, { purl }: Vulnerability, digests: readonly string[]): boolean {
  const isPackage = (ids: readonly string[]): boolean => ids.some((id) => isSamePackage(id, purl));
  const isImage = (ids: readonly string[]): boolean =>
    ids.some((id) => digests.some((digest) => names(id, digest)));
  return products.some(
    ({ product, parts }) =>
      (isPackage(product) && parts.length === 0) ||
      (isImage(product) && (parts.length === 0 || parts.some(isPackage))),
  );
}

/** An image by its digest, in a package URL, a reference or by itself. */
const names = (id: string, digest: string): boolean =>
  id === digest ||
  id.endsWith(`@${digest}`) ||
  (/^pkg:(?:oci|docker)\//.test(id) && parseUrl(id)?.version === digest);

/** What a package URL says more generally covers what says it more exactly: version and qualifiers may be missing. */
function isSamePackage(general: string, exact: string): boolean {
  const [a, b] = [parseUrl(general), parseUrl(exact)];
  if (a === null || b === null) return false;
  if (a.type !== b.type || a.name !== b.name) return false;
  if (typeof a.namespace === 'string' && a.namespace !== b.namespace) return false;
  if (typeof a.version === 'string' && a.version !== b.version) return false;
  return Object.entries(qualifiersOf(a)).every(([key, value]) => qualifiersOf(b)[key] === value);
}

const qualifiersOf = ({ qualifiers }: PackageURL): Partial<Record<string, string>> => qualifiers ?? {};
