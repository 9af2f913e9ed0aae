import { type Csaf, namesOf } from './csaf.ts';
import { productsOf } from './csaf-products.ts';
import { type Cpe, isOfPlatform } from './cpe.ts';
import type { Statement } from './openvex.ts';

const STATUS = {
  known_not_affected: 'not_affected',
  fixed: 'fixed',
  first_fixed: 'fixed',
  known_affected: 'affected',
  under_investigation: 'under_investigation',
} as const;

/** Vendors give their own name as namespace of their packages; which distribution it is, the platform says. */
const withoutVendor = (url: string): string => url.replace(/^(pkg:rpm\/)[^/@?]+\//, '$1');

/**
 * What a CSAF document says of products that have a package URL, as statements. A package of a platform is one of the image
 * when the platform is its distribution; of any other whole it counts only with that.
 */
export function csafStatements(csaf: Csaf, file: string, cpe: Cpe | null): Statement[] {
  const products = productsOf(csaf.product_tree ?? {});
  const productOf = (id: string): Statement['products'][number] => {
    const { urls, wholes, platforms } = products.place(id);
    if (wholes.length === 0) return { product: urls, parts: [] };
    const isOurs = cpe !== null && platforms.some((platform) => isOfPlatform(cpe, platform));
    return isOurs
      ? { product: urls.map(withoutVendor), parts: [] }
      : { product: wholes.flatMap((whole) => products.place(whole).urls), parts: [urls] };
  };
  return (csaf.vulnerabilities ?? []).flatMap((vulnerability, i) =>
    Object.entries(STATUS).map(([key, status]) => ({
      ...{ names: namesOf(vulnerability, csaf), status },
      time: csaf.document.tracking.current_release_date,
      products: (vulnerability.product_status?.[key as keyof typeof STATUS] ?? []).map(productOf),
      why: key,
      where: `${file}#/vulnerabilities/${i}/product_status/${key}`,
    })),
  );
}
