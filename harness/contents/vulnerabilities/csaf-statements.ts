import { type Csaf, type CsafVulnerability, concerns, isOfScope, isTakenBack, namesOf } from './csaf.ts';
import type { NamedPackage } from './csaf-package.ts';
import { type Products, productsOf } from './csaf-products.ts';
import type { StatedProduct, Statement } from './openvex.ts';
import type { Scope } from './scope.ts';
import { isInRange } from './version-range.ts';

const STATUS = {
  known_not_affected: 'not_affected',
  fixed: 'fixed',
  first_fixed: 'fixed',
  known_affected: 'affected',
  first_affected: 'affected',
  last_affected: 'affected',
  under_investigation: 'under_investigation',
  unknown: 'under_investigation',
} as const;

/** Vendors give their own name as namespace of their packages; which distribution it is, the platform says. */
const withoutVendor = (url: string): string => url.replace(/^(pkg:(?:rpm|deb|apk)\/)[^/@?]+\/(?=[^/])/, '$1');

/**
 * What a CSAF document says of products that have a package URL, as statements. A package of a platform is one of the image
 * when the platform is its distribution; of any other whole it counts only with that. Drafts say nothing yet.
 */
export function csafStatements(csaf: Csaf, file: string, scopes: readonly Scope[]): Statement[] {
  if (isTakenBack(csaf) || csaf.document.tracking.status === 'draft') return [];
  const products = productsOf(csaf.product_tree ?? {});
  return (csaf.vulnerabilities ?? []).flatMap((vulnerability, i) =>
    (Object.keys(STATUS) as (keyof typeof STATUS)[]).flatMap((key) =>
      (vulnerability.product_status?.[key] ?? []).map((id) => ({
        ...{ names: namesOf(vulnerability, csaf), status: STATUS[key] },
        time: csaf.document.tracking.current_release_date,
        products: statedProducts(id, products, scopes),
        why: key === 'known_not_affected' ? reasonFor(id, vulnerability, { csaf, products }) : key,
        where: `${file}#/vulnerabilities/${i}/product_status/${key}`,
      })),
    ),
  );
}

/** A VEX document must say why a product is not affected, by a flag or in words (CSAF 2.0, 4.5); an advisory need not. */
function reasonFor(
  id: string,
  { flags, threats }: CsafVulnerability,
  { csaf, products }: { csaf: Csaf; products: Products },
): string {
  const flag = (flags ?? []).find((one) => concerns(one, id, products));
  const threat = (threats ?? []).find(
    (one) => one.category === 'impact' && one.details.trim() !== '' && concerns(one, id, products),
  );
  const none = csaf.document.category === 'csaf_vex' ? '' : 'known_not_affected';
  return flag?.label ?? threat?.details ?? none;
}

function statedProducts(id: string, products: Products, scopes: readonly Scope[]): StatedProduct[] {
  const place = products.place(id);
  const urls = place.leaf?.purls ?? [];
  // An image has no versions of packages.
  if (place.packages.length === 0) return place.wholes.length === 0 ? [{ product: urls, parts: [] }] : [];
  return place.packages.flatMap((item): StatedProduct[] => {
    if (item.url === null) return [];
    const url = item.url.text;
    const scope = scopes.find(({ purlType }) => purlType === item.url?.type);
    const isVersion = (version: string): boolean => isVersionOf(item, version, scope);
    if (place.wholes.length === 0) return [{ product: [url], parts: [], isVersion }];
    if (scope !== undefined && place.platforms.length > 0 && isOfScope(item, place, scope))
      return [{ product: [withoutVendor(url)], parts: [], isVersion }];
    const wholes = place.wholes.flatMap((whole) => products.leaf(whole)?.purls ?? []);
    return [{ product: wholes, parts: [[url]], isVersion }];
  });
}

/** The package URL itself says a version, or else the branch that the product is in. */
function isVersionOf({ version, range }: NamedPackage, ours: string, scope: Scope | undefined): boolean {
  if (version === null && range === null) return true;
  if (scope === undefined || range === undefined) return false;
  return version === null ? isInRange(range, ours, scope.compare) : scope.compare(version, ours) === 0;
}
