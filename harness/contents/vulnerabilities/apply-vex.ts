import { PackageURL } from 'packageurl-js';
import { parseUrl } from '../sbom/package-of-url.ts';
import { isJustified, type StatedProduct, type Statement } from './openvex.ts';
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
    for (const name of statement.names) {
      const known = byName.get(name) ?? [];
      known.push(statement);
      byName.set(name, known);
    }
  const open: Vulnerability[] = [];
  const excused: Excused[] = [];
  for (const vulnerability of vulnerabilities) {
    const about = new Set(vulnerability.names.flatMap((name) => byName.get(name) ?? []));
    const last = [...about]
      .filter((one) => covers(one, vulnerability, digests))
      .reduce<Statement | null>(laterOf, null);
    if (last !== null && takesBack(last))
      excused.push({ vulnerability, statement: last.where, why: last.why === '' ? last.status : last.why });
    else open.push(vulnerability);
  }
  return { open, excused };
}

const takesBack = ({ status }: Statement): boolean => status === 'not_affected' || status === 'fixed';

/** A statement without a time is the oldest where it takes something back, and else the newest. */
function timeOf(statement: Statement): number {
  const time = statement.time === null ? NaN : Date.parse(statement.time);
  if (!Number.isNaN(time)) return time;
  return takesBack(statement) ? -Infinity : Infinity;
}

/** Of two of the same time, the one that takes nothing back. */
function laterOf(known: Statement | null, one: Statement): Statement {
  if (known === null) return one;
  const [a, b] = [timeOf(known), timeOf(one)];
  if (a !== b) return b > a ? one : known;
  return takesBack(known) ? one : known;
}

function covers(
  { products }: Statement,
  { purl, version }: Vulnerability,
  digests: readonly string[],
): boolean {
  const isPackage = (ids: readonly string[]): boolean => ids.some((id) => isSamePackage(id, purl));
  const isImage = (ids: readonly string[]): boolean =>
    ids.some((id) => digests.some((digest) => names(id, digest)));
  const isAbout = ({ product, parts, isVersion }: StatedProduct): boolean =>
    ((isPackage(product) && parts.length === 0) ||
      (isImage(product) && (parts.length === 0 || parts.some(isPackage)))) &&
    (isVersion === undefined || isVersion(version));
  return products.some(isAbout);
}

/** An image by its digest, in a package URL, a reference or by itself. */
const names = (id: string, digest: string): boolean =>
  id === digest ||
  (!id.startsWith('pkg:') && id.endsWith(`@${digest}`)) ||
  (/^pkg:(?:oci|docker)\//.test(id) && parseUrl(id)?.version === digest);

/** A vendor's name is a namespace that may be left out; in languages it is part of the name. */
const MAY_LEAVE_OUT = new Set(['rpm', 'deb', 'apk']);

/** What a package URL says more generally covers what says it more exactly: version and qualifiers may be missing. */
function isSamePackage(general: string, exact: string): boolean {
  const [a, b] = [parseUrl(general), parseUrl(exact)];
  if (a === null || b === null) return false;
  if (a.type !== b.type || a.name !== b.name) return false;
  const isAnyones = typeof a.namespace !== 'string' && MAY_LEAVE_OUT.has(a.type);
  if (!isAnyones && (a.namespace ?? '') !== (b.namespace ?? '')) return false;
  if (typeof a.version === 'string' && a.version !== b.version) return false;
  // What is said of a folder of a package is not said of all of it.
  if (typeof a.subpath === 'string' && a.subpath !== b.subpath) return false;
  return Object.entries(qualifiersOf(a)).every(([key, value]) => qualifiersOf(b)[key] === value);
}

const qualifiersOf = ({ qualifiers }: PackageURL): Partial<Record<string, string>> => qualifiers ?? {};
