import { z } from 'zod';
import type { Read } from './osv.ts';
import type { DistributionNames } from './distribution-names.ts';
import { isOfPlatform } from './cpe.ts';
import { judgeCsaf, type Listed } from './csaf-judge.ts';
import { type Component, PRODUCT_TREE, productsOf, type Products } from './csaf-products.ts';
import { severityOfScore, severityOfWord, worst } from './severity.ts';
import type { Advisory, CompareVersions, Rule, Severity } from './types.ts';

const IDS = z.array(z.string()).nullish();
const STATUSES = {
  fixed: IDS,
  first_fixed: IDS,
  known_affected: IDS,
  first_affected: IDS,
  last_affected: IDS,
  known_not_affected: IDS,
  under_investigation: IDS,
};
const SCORE = z.object({ baseScore: z.number() }).nullish();

const VULNERABILITY = z.object({
  cve: z.string().nullish(),
  ids: z.array(z.object({ text: z.string() })).nullish(),
  release_date: z.string().nullish(),
  product_status: z.object(STATUSES).nullish(),
  threats: z.array(z.object({ category: z.string(), details: z.string() })).nullish(),
  scores: z.array(z.object({ cvss_v3: SCORE, cvss_v2: SCORE })).nullish(),
});
export type CsafVulnerability = z.output<typeof VULNERABILITY>;

/** The part of a CSAF 2.0 document (security advisory or VEX) that says which products are affected. */
export const CSAF = z.object({
  document: z.object({
    category: z.string(),
    csaf_version: z.literal('2.0'),
    aggregate_severity: z.object({ text: z.string() }).nullish(),
    tracking: z.object({
      id: z.string().min(1),
      current_release_date: z.string(),
      initial_release_date: z.string().nullish(),
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

interface Naming {
  names: DistributionNames;
  compare: CompareVersions;
}

/** Rules of a CSAF document: of the components that it relates to a platform which is the image's. */
export function rulesOfCsaf(csaf: Csaf, file: string, naming: Naming): Read {
  const { cpe } = naming.names;
  const products = productsOf(csaf.product_tree ?? {});
  const isOurs = (platforms: Component['platforms']): boolean =>
    cpe !== null && platforms.some((platform) => isOfPlatform(cpe, platform));
  const rules = (csaf.vulnerabilities ?? []).flatMap((vulnerability) =>
    rulesOf(vulnerability, { csaf, file, naming, products, isOurs }),
  );
  const about = isOurs(products.platforms);
  return { about, modified: csaf.document.tracking.current_release_date, rules };
}

interface Context {
  csaf: Csaf;
  file: string;
  naming: Naming;
  products: Products;
  isOurs: (platforms: Component['platforms']) => boolean;
}

function rulesOf(vulnerability: CsafVulnerability, context: Context): Rule[] {
  const { csaf, file, naming, products, isOurs } = context;
  const advisory: Advisory = {
    id: csaf.document.tracking.id,
    vulnerabilities: [namesOf(vulnerability, csaf)],
    severity: severityOf(vulnerability, csaf),
    published: vulnerability.release_date ?? csaf.document.tracking.initial_release_date ?? null,
    modified: csaf.document.tracking.current_release_date,
    file,
  };
  const listed = new Map<string, Listed & { name: string; of: Rule['of'] }>();
  for (const [status, ids] of Object.entries(vulnerability.product_status ?? {})) {
    for (const id of ids ?? []) {
      const component = products.component(id);
      if (component === null || !isOurs(component.platforms)) continue;
      const { name, of } = component;
      const entry = listed.get(`${of} ${name}`) ?? { name, of, fixed: [], affected: [], notAffected: [] };
      listed.set(`${of} ${name}`, entry);
      if (status.endsWith('fixed')) entry.fixed.push(component);
      else if (status === 'known_not_affected') entry.notAffected.push(component);
      else if (status !== 'under_investigation') entry.affected.push(component);
    }
  }
  const binaries = new Set([...listed.values()].filter(({ of }) => of === 'binary').map(({ name }) => name));
  return (
    [...listed.values()]
      // Where the binary of that name is listed, the others of its source would be, too, if it were about them.
      .filter(({ name, of }) => of === 'binary' || !binaries.has(name))
      .map((entry) => ({
        ...{ advisory, name: entry.name, of: entry.of },
        judge: (version) => judgeCsaf(entry, version, naming.compare),
      }))
  );
}

function severityOf({ threats, scores }: CsafVulnerability, { document }: Csaf): Severity {
  const words = (threats ?? []).filter(({ category }) => category === 'impact');
  const scored = (scores ?? []).flatMap(({ cvss_v3: v3, cvss_v2: v2 }) => {
    const score = v3?.baseScore ?? v2?.baseScore;
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
