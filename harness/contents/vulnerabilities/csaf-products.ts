import { z } from 'zod';
import { parseUrl } from '../sbom/package-of-url.ts';
import { type Cpe, parseCpe } from './cpe.ts';

const PRODUCT = z.object({
  name: z.string(),
  product_id: z.string(),
  product_identification_helper: z
    .object({ cpe: z.string().nullish(), purl: z.string().nullish() })
    .nullish(),
});
type Product = z.output<typeof PRODUCT>;

export interface Branch {
  product?: Product | null | undefined;
  branches?: Branch[] | null | undefined;
}
const BRANCH: z.ZodType<Branch> = z.object({
  product: PRODUCT.nullish(),
  branches: z.lazy(() => z.array(BRANCH)).nullish(),
});

/** CSAF 2.0, section 3.2.2. */
export const PRODUCT_TREE = z.object({
  branches: z.array(BRANCH).nullish(),
  full_product_names: z.array(PRODUCT).nullish(),
  relationships: z
    .array(
      z.object({
        full_product_name: PRODUCT,
        product_reference: z.string(),
        relates_to_product_reference: z.string(),
      }),
    )
    .nullish(),
});
type ProductTree = z.output<typeof PRODUCT_TREE>;

/** A package as part of a platform. */
export interface Component {
  name: string;
  /** `[epoch:]version-release`; null where it is about all versions. */
  version: string | null;
  of: 'source' | 'binary';
  platforms: Cpe[];
}

export interface Products {
  /** All that the document names. */
  platforms: Cpe[];
  /** Package URLs of what an id stands for, and what it is part of. */
  place: (id: string) => { urls: string[]; wholes: string[]; platforms: Cpe[] };
  /** The package that an id stands for; null for what is no package. */
  component: (id: string) => Component | null;
}

const MOST_STEPS = 16;

/** The products of a document by their id. */
export function productsOf({ branches, full_product_names: names, relationships }: ProductTree): Products {
  const products = new Map<string, Product>();
  const add = (product: Product): unknown => products.set(product.product_id, product);
  const open = [...(branches ?? [])];
  for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
    if (branch.product != null) add(branch.product);
    open.push(...(branch.branches ?? []));
  }
  for (const product of names ?? []) add(product);
  const relations = new Map<string, { part: string; whole: string }[]>();
  for (const relation of relationships ?? []) {
    const {
      full_product_name: full,
      product_reference: part,
      relates_to_product_reference: whole,
    } = relation;
    const known = relations.get(full.product_id) ?? [];
    relations.set(full.product_id, [...known, { part, whole }]);
    if (!products.has(full.product_id)) add(full);
  }
  const cpeOf = (id: string): Cpe | null =>
    parseCpe(products.get(id)?.product_identification_helper?.cpe ?? '');
  const platformsOf = (wholes: readonly string[]): Cpe[] => wholes.flatMap((whole) => cpeOf(whole) ?? []);
  /** What a product is made of: itself, or the parts and wholes that it is related from. */
  const placesOf = (id: string, steps = 0): { part: string; wholes: string[] } => {
    const [first, ...more] = relations.get(id) ?? [];
    if (first === undefined || steps > MOST_STEPS) return { part: id, wholes: [] };
    const { part } = placesOf(first.part, steps + 1);
    const wholes = [first, ...more].flatMap(({ whole }) => {
      const above = placesOf(whole, steps + 1);
      return [whole, above.part, ...above.wholes];
    });
    return { part, wholes };
  };
  return {
    platforms: [...products.keys()].flatMap((id) => cpeOf(id) ?? []),
    place: (id) => {
      const { part, wholes } = placesOf(id);
      const url = products.get(part)?.product_identification_helper?.purl;
      return { urls: typeof url === 'string' ? [url] : [], wholes, platforms: platformsOf(wholes) };
    },
    component: (id) => {
      const { part, wholes } = placesOf(id);
      const product = products.get(part);
      const named = product === undefined ? null : packageOf(product);
      if (named === null) return null;
      return { ...named, platforms: platformsOf(wholes) };
    },
  };
}

/** `name-epoch:version-release.arch`. */
const NEVRA = /^(.+)-(?:(\d+):)?([^-:]+)-([^-:]+)\.([a-z0-9_]+)$/;

/** A package is what its package URL says; without one, what its id says as rpm writes it, or just a name. */
function packageOf({
  product_id: given,
  product_identification_helper: helper,
}: Product): Omit<Component, 'platforms'> | null {
  const url = helper?.purl ?? null;
  if (url !== null) return packageOfUrl(url);
  if (helper?.cpe != null) return null;
  // The module may stand before or after it: `nodejs:18/nodejs`, `nodejs-1:18.20.1-1.el9.x86_64::nodejs:18`.
  const id = given.replace(/::.*$/s, '').replace(/^.*\//s, '');
  const [, name, epoch, version, release, arch] = NEVRA.exec(id) ?? [];
  if (name !== undefined && version !== undefined && release !== undefined) {
    const evr = `${epoch === undefined ? '' : `${epoch}:`}${version}-${release}`;
    return { name, version: evr, of: arch === 'src' ? 'source' : 'binary' };
  }
  const [, source] = /^(.+)\.src$/.exec(id) ?? [];
  return { name: source ?? id, version: null, of: source === undefined ? 'binary' : 'source' };
}

function packageOfUrl(text: string): Omit<Component, 'platforms'> | null {
  const url = parseUrl(text);
  if (url === null) return null;
  const { arch, epoch } = (url.qualifiers ?? {}) as Partial<Record<string, string>>;
  const plain = typeof url.version === 'string' ? url.version : null;
  return {
    name: url.name,
    version: plain === null || epoch === undefined ? plain : `${epoch}:${plain}`,
    of: arch === 'src' || arch === 'source' ? 'source' : 'binary',
  };
}
