/** CSAF documents that are made up for tests. */

export interface CsafProduct {
  id: string;
  name?: string;
  purl?: string;
  purls?: string[];
  cpe?: string;
  /** Branches above, as `category name`. */
  under?: string[];
}

const RHEL9: CsafProduct = { id: 'P', cpe: 'cpe:/o:redhat:enterprise_linux:9' };

const helperOf = ({ purl, purls, cpe }: CsafProduct) =>
  purl === undefined && purls === undefined && cpe === undefined
    ? {}
    : { product_identification_helper: { purl, purls, cpe } };

const branchOf = (product: CsafProduct): object => {
  const { id, name = id, under = ['product_version x'] } = product;
  const leaf = { name, product_id: id, ...helperOf(product) };
  return under.toReversed().reduce<object>((below, text, i) => {
    const [category = '', ...rest] = text.split(' ');
    return { category, name: rest.join(' '), ...(i === 0 ? { product: leaf } : { branches: [below] }) };
  }, {});
};

/** A document about products, each as part of the platform `P` under the id `P:id`. */
export function csafDocument(
  products: CsafProduct[],
  status: Record<string, string[]>,
  more: {
    vulnerability?: object;
    document?: object;
    tracking?: object;
    platform?: CsafProduct;
    tree?: object;
  } = {},
): object {
  const { platform = RHEL9 } = more;
  return {
    document: {
      ...{ category: 'csaf_vex', csaf_version: '2.0', publisher: { namespace: 'https://x' } },
      ...more.document,
      tracking: {
        id: 'CVE-2026-1',
        current_release_date: '2026-11-20T00:00:00Z',
        version: '1',
        ...more.tracking,
      },
    },
    product_tree: {
      branches: [platform, ...products].map(branchOf),
      relationships: products.map(({ id }) => ({
        ...{ category: 'default_component_of', product_reference: id, relates_to_product_reference: 'P' },
        full_product_name: { name: id, product_id: `P:${id}` },
      })),
      ...more.tree,
    },
    vulnerabilities: [{ cve: 'CVE-2026-1', product_status: status, ...more.vulnerability }],
  };
}
