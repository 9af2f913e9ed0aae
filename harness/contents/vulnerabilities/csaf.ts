import { z } from 'zod';
import { isOfPlatform, parseCpe } from './cpe.ts';
import { type Build, judgeCsaf, type Listed, nothingListed } from './csaf-judge.ts';
import type { NamedPackage } from './csaf-package.ts';
import { type Place, PRODUCT_TREE, productsOf, type Products } from './csaf-products.ts';
import type { Read } from './osv.ts';
import type { Scope } from './scope.ts';
import { severityOfScore, severityOfWord, worst } from './severity.ts';
import type { Advisory, Rule, Severity } from './types.ts';

const IDS = z.array(z.string()).nullish();
const STATUSES = {
  fixed: IDS,
  first_fixed: IDS,
  known_affected: IDS,
  first_affected: IDS,
  last_affected: IDS,
  known_not_affected: IDS,
  under_investigation: IDS,
  unknown: IDS,
};
const SCORE = z.object({ baseScore: z.number() }).nullish();
const SCORES = { cvss_v4: SCORE, cvss_v3: SCORE, cvss_v2: SCORE };
const OF_PRODUCTS = { product_ids: IDS, group_ids: IDS };

const VULNERABILITY = z.object({
  cve: z.string().nullish(),
  ids: z.array(z.object({ text: z.string() })).nullish(),
  release_date: z.string().nullish(),
  disclosure_date: z.string().nullish(),
  product_status: z.object(STATUSES).nullish(),
  flags: z.array(z.object({ label: z.string(), ...OF_PRODUCTS })).nullish(),
  remediations: z.array(z.object({ category: z.string(), ...OF_PRODUCTS })).nullish(),
  threats: z.array(z.object({ category: z.string(), details: z.string(), ...OF_PRODUCTS })).nullish(),
  scores: z.array(z.object(SCORES)).nullish(),
  metrics: z.array(z.object({ content: z.object(SCORES) })).nullish(),
});
export type CsafVulnerability = z.output<typeof VULNERABILITY>;

/** The part of a CSAF 2.0 or 2.1 document (security advisory or VEX) that says which products are affected. */
export const CSAF = z.object({
  document: z.object({
    category: z.string(),
    csaf_version: z.enum(['2.0', '2.1']),
    aggregate_severity: z.object({ text: z.string() }).nullish(),
    publisher: z.object({ namespace: z.string().nullish() }).nullish(),
    tracking: z.object({
      id: z.string().min(1),
      current_release_date: z.string(),
      initial_release_date: z.string().nullish(),
      status: z.string().nullish(),
      version: z.string().nullish(),
    }),
  }),
  product_tree: PRODUCT_TREE.nullish(),
  vulnerabilities: z.array(VULNERABILITY).nullish(),
});
export type Csaf = z.output<typeof CSAF>;

/** Names of what a part of a document is about. */
export const namesOf = ({ cve, ids }: CsafVulnerability, { document }: Csaf): string[] => {
  const names = [...(typeof cve === 'string' ? [cve] : []), ...(ids ?? []).map(({ text }) => text)];
  return names.length === 0 ? [document.tracking.id] : names;
};

/** A document by whose it is; of several releases of one the last counts. */
export const identityOfCsaf = ({ document }: Csaf): string =>
  `csaf ${document.publisher?.namespace ?? ''} ${document.tracking.id}`;

/** CSAF 2.1, profiles "Withdrawn" and "Superseded": such a document says nothing any more. */
export const isTakenBack = ({ document }: Csaf): boolean =>
  ['csaf_withdrawn', 'csaf_superseded'].includes(document.category);

/** Whether a package that a document names is one of the scope's. */
export function isOfScope(item: NamedPackage, { platforms, wholes }: Place, scope: Scope): boolean {
  const { cpe } = scope;
  if (item.url !== null && item.url.type !== scope.purlType) return false;
  if (platforms.length > 0) return cpe !== null && platforms.some((platform) => isOfPlatform(cpe, platform));
  // What is part of something without a CPE name may be part of anything.
  return item.url !== null && (wholes.length === 0 || cpe !== null) && scope.isOurUrl(item.url);
}

/** Rules of a CSAF document: of the packages that it places in a scope, by platform or package URL. */
export function rulesOfCsaf(csaf: Csaf, file: string, scope: Scope): Read {
  const products = productsOf(csaf.product_tree ?? {});
  const { cpe } = scope;
  const context: Context = { csaf, file, scope, products };
  const parts = isTakenBack(csaf)
    ? []
    : (csaf.vulnerabilities ?? []).map((vulnerability) => rulesOf(vulnerability, context));
  const rules = parts.flatMap((part) => part.rules);
  const about =
    rules.length > 0 || (cpe !== null && products.platforms.some((platform) => isOfPlatform(cpe, platform)));
  return {
    ...{ about, rules, modified: csaf.document.tracking.current_release_date },
    unplaced: parts.flatMap((part) => part.unplaced),
  };
}

interface Context {
  csaf: Csaf;
  file: string;
  scope: Scope;
  products: Products;
}

const LISTS = {
  fixed: 'fixed',
  first_fixed: 'fixed',
  known_affected: 'affected',
  first_affected: 'firstAffected',
  last_affected: 'lastAffected',
  known_not_affected: 'notAffected',
  under_investigation: 'open',
  unknown: 'open',
} as const satisfies Record<keyof typeof STATUSES, keyof Listed>;

interface Entry {
  name: string;
  of: NamedPackage['of'];
  listed: Listed;
}

function rulesOf(vulnerability: CsafVulnerability, context: Context): Pick<Read, 'rules' | 'unplaced'> {
  const { scope, products } = context;
  const advisory = advisoryOf(vulnerability, context);
  const entries = new Map<string, Entry>();
  const unplaced: Read['unplaced'] = [];
  for (const status of Object.keys(STATUSES) as (keyof typeof STATUSES)[]) {
    for (const id of vulnerability.product_status?.[status] ?? []) {
      const place = products.place(id);
      if (status === 'known_affected' && isWholePlatform(place, context))
        unplaced.push({ advisory, why: `it calls all of ${id} affected, and names no package` });
      const hasFix = hasFixFor(id, vulnerability, products);
      for (const item of place.packages.filter((one) => isOfScope(one, place, scope))) {
        const name = scope.normalise(fullName(item));
        const key = `${item.of} ${name}`;
        const entry = entries.get(key) ?? { name, of: item.of, listed: nothingListed() };
        entries.set(key, entry);
        const { version, range, module } = item;
        entry.listed[LISTS[status]].push({ version, range, module, hasFix } satisfies Build);
      }
    }
  }
  return { rules: toRules([...entries.values()], advisory, scope), unplaced };
}

/** In languages the namespace is part of the name; of a distribution's package it says whose it is. */
const fullName = ({ name, url }: NamedPackage): string =>
  url?.namespace == null || ['rpm', 'deb', 'apk'].includes(url.type)
    ? name
    : `${url.namespace}${url.type === 'maven' ? ':' : '/'}${name}`;

/**
 * A platform that is affected as a whole, a part of it that names no package in a way that is read, or an id that the document
 * does not explain.
 */
function isWholePlatform({ leaf, packages, platforms }: Place, { scope, products }: Context): boolean {
  const { cpe } = scope;
  if (cpe === null || packages.length > 0 || (leaf !== null && leaf.purls.length > 0)) return false;
  const own = parseCpe(leaf?.cpe ?? '');
  const all = leaf === null ? products.platforms : [...platforms, ...(own === null ? [] : [own])];
  return all.some((platform) => isOfPlatform(cpe, platform));
}

/**
 * What is said of either counts for both, but where all binaries are listed. Where the binary of a source's name is listed, the
 * others of that source would be, too, if it were about them.
 */
function toRules(entries: readonly Entry[], advisory: Advisory, scope: Scope): Rule[] {
  const merged = new Map<string, { name: string; of: Rule['of']; listed: Listed }>();
  for (const { name, of, listed } of entries) {
    const kinds: Rule['of'][] =
      of !== 'either' ? [of] : scope.listsBinaries ? ['binary'] : ['binary', 'source'];
    for (const kind of kinds) {
      const known = merged.get(`${kind} ${name}`) ?? { name, of: kind, listed: nothingListed() };
      merged.set(`${kind} ${name}`, known);
      for (const key of Object.keys(listed) as (keyof Listed)[]) known.listed[key].push(...listed[key]);
    }
  }
  const exact = new Set(
    entries
      .filter(({ of }) => of === 'binary' || (of === 'either' && scope.listsBinaries))
      .map(({ name }) => name),
  );
  return [...merged.values()]
    .filter(({ name, of }) => of === 'binary' || !exact.has(name))
    .map(({ name, of, listed }) => ({
      ...{ advisory, scope: scope.label, name, of },
      judge: (version, stream) => judgeCsaf(listed, version, stream, scope.compare),
    }));
}

/** Products that a part of a vulnerability is about; all where it names none. */
export const concerns = (
  part: { product_ids?: string[] | null | undefined; group_ids?: string[] | null | undefined },
  id: string,
  { groups }: Products,
): boolean =>
  (part.product_ids == null && part.group_ids == null) ||
  part.product_ids?.includes(id) === true ||
  part.group_ids?.some((group) => groups.get(group)?.includes(id)) === true;

const hasFixFor = (id: string, { remediations }: CsafVulnerability, products: Products): boolean =>
  (remediations ?? []).some(
    (one) => ['vendor_fix', 'optional_patch'].includes(one.category) && concerns(one, id, products),
  );

function advisoryOf(vulnerability: CsafVulnerability, { csaf, file }: Context): Advisory {
  const { tracking } = csaf.document;
  return {
    ...{ id: tracking.id, file, vulnerabilities: [namesOf(vulnerability, csaf)] },
    severity: severityOf(vulnerability, csaf),
    published:
      vulnerability.release_date ?? vulnerability.disclosure_date ?? tracking.initial_release_date ?? null,
    modified: tracking.current_release_date,
  };
}

function severityOf({ threats, scores, metrics }: CsafVulnerability, { document }: Csaf): Severity {
  const words = (threats ?? []).filter(({ category }) => category === 'impact');
  const all = [...(scores ?? []), ...(metrics ?? []).map(({ content }) => content)];
  const scored = all.flatMap(({ cvss_v4: v4, cvss_v3: v3, cvss_v2: v2 }) => {
    const score = v4?.baseScore ?? v3?.baseScore ?? v2?.baseScore;
    return score === undefined ? [] : severityOfScore(score);
  });
  const whole = document.aggregate_severity?.text;
  const found = [
    words.map(({ details }) => severityOfWord(details)),
    scored,
    whole === undefined ? [] : [severityOfWord(whole)],
  ];
  return found.map(worst).find((severity) => severity !== 'unknown') ?? 'unknown';
}
