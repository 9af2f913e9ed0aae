import { z } from 'zod';
import { type Cpe, parseCpe } from './cpe.ts';
import { type NamedPackage, packagesOf, streamOfUrl } from './csaf-package.ts';
import type { Leaf } from './csaf-leaf.ts';
import { invalid } from './read-folder.ts';

const PRODUCT = z.object({
  name: z.string(),
  product_id: z.string(),
  product_identification_helper: z
    .object({ cpe: z.string().nullish(), purl: z.string().nullish(), purls: z.array(z.string()).nullish() })
    .nullish(),
});
type Product = z.output<typeof PRODUCT>;

export interface Branch {
  category?: string | null | undefined;
  name?: string | null | undefined;
  product?: Product | null | undefined;
  branches?: Branch[] | null | undefined;
}
const BRANCH: z.ZodType<Branch> = z.object({
  category: z.string().nullish(),
  name: z.string().nullish(),
  product: PRODUCT.nullish(),
  branches: z.lazy(() => z.array(BRANCH)).nullish(),
});

/** CSAF 2.0 and 2.1, section 3.2.2 (2.1: 3.2.3). */
export const PRODUCT_TREE = z.object({
  branches: z.array(BRANCH).nullish(),
  full_product_names: z.array(PRODUCT).nullish(),
  product_groups: z.array(z.object({ group_id: z.string(), product_ids: z.array(z.string()) })).nullish(),
  relationships: z
    .array(
      z.object({
        full_product_name: PRODUCT,
        product_reference: z.string(),
        relates_to_product_reference: z.string(),
      }),
    )
    .nullish(),
  product_paths: z
    .array(
      z.object({
        beginning_product_reference: z.string(),
        full_product_name: PRODUCT,
        subpaths: z.array(z.object({ next_product_reference: z.string() })),
      }),
    )
    .nullish(),
});
type ProductTree = z.output<typeof PRODUCT_TREE>;

/** Where a product is. */
export interface Place {
  /** Null for an id that the document does not explain. */
  leaf: Leaf | null;
  /** What it names as a package; empty for a platform, a module, an image. */
  packages: NamedPackage[];
  /** Ids of what it is part of. */
  wholes: string[];
  /** CPE names among these. */
  platforms: Cpe[];
}

export interface Products {
  /** CPE names of all products. */
  platforms: Cpe[];
  place: (id: string) => Place;
  leaf: (id: string) => Leaf | undefined;
  /** Products of groups, by their id. */
  groups: ReadonlyMap<string, readonly string[]>;
}

const MOST_WHOLES = 10_000;

/** The products of a document by their id. */
export function productsOf(tree: ProductTree): Products {
  const leaves = leavesOf(tree);
  const relations = new Map<string, Relation[]>();
  for (const { full, part, whole } of relationsOf(tree)) {
    const known = relations.get(full.product_id) ?? [];
    known.push({ part, whole });
    relations.set(full.product_id, known);
    if (!leaves.has(full.product_id)) leaves.set(full.product_id, leafOf(full, null, null));
  }
  const cpeOf = (id: string): Cpe[] => {
    const cpe = parseCpe(leaves.get(id)?.cpe ?? '');
    return cpe === null ? [] : [cpe];
  };
  return {
    platforms: [...leaves.keys()].flatMap(cpeOf),
    groups: new Map((tree.product_groups ?? []).map((group) => [group.group_id, group.product_ids])),
    leaf: (id) => leaves.get(id),
    place: (id) => {
      const { part, module, wholes } = placeOf(id, relations, leaves);
      const leaf = leaves.get(part) ?? null;
      const named = leaf === null ? [] : packagesOf(leaf);
      const packages = named.map((one) => ({ ...one, module: one.module ?? module }));
      return { leaf, packages, wholes, platforms: wholes.flatMap(cpeOf) };
    },
  };
}

interface Relation {
  part: string;
  whole: string;
}

/** Relationships of 2.0, and the paths that are in their place in 2.1. */
function* relationsOf({
  relationships,
  product_paths: paths,
}: ProductTree): Generator<Relation & { full: Product }, void> {
  for (const one of relationships ?? [])
    yield {
      full: one.full_product_name,
      part: one.product_reference,
      whole: one.relates_to_product_reference,
    };
  for (const { full_product_name: full, beginning_product_reference: part, subpaths } of paths ?? [])
    for (const { next_product_reference: whole } of subpaths) yield { full, part, whole };
}

function leavesOf({ branches, full_product_names: names }: ProductTree): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const open = (branches ?? []).map((branch) => ({ branch, productName: null as string | null }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { branch, productName } = next;
    const category = branch.category ?? '';
    const name = branch.name ?? '';
    if (branch.product != null)
      leaves.set(branch.product.product_id, leafOf(branch.product, { category, name }, productName));
    const below = category === 'product_name' ? name : productName;
    for (const one of branch.branches ?? []) open.push({ branch: one, productName: below });
  }
  for (const product of names ?? []) leaves.set(product.product_id, leafOf(product, null, null));
  return leaves;
}

function leafOf(product: Product, branch: Leaf['branch'], productName: string | null): Leaf {
  const { product_id: id, name, product_identification_helper: helper } = product;
  const purls = [...(helper?.purl == null ? [] : [helper.purl]), ...(helper?.purls ?? [])];
  return { id, name, purls, cpe: helper?.cpe ?? null, branch, productName };
}

/** Streams of modules, by package URL, or by an id as Red Hat writes it: `nodejs:18:9040020240101000000:rhel9`. */
function streamsOf(leaf: Leaf | undefined): string[] {
  if (leaf === undefined) return [];
  const [, byId] = /^([^:/\s]+:[^:/\s]+):\d{10,}/.exec(leaf.id) ?? [];
  return [...leaf.purls.flatMap((url) => streamOfUrl(url) ?? []), ...(byId === undefined ? [] : [byId])];
}

/** What a product is made of: itself, or the parts and wholes that it is related from. */
function placeOf(
  id: string,
  relations: ReadonlyMap<string, Relation[]>,
  leaves: ReadonlyMap<string, Leaf>,
): { part: string; module: string | null; wholes: string[] } {
  const parts = new Set<string>();
  const open: string[] = [];
  let part = id;
  for (let related = relations.get(part); related !== undefined; related = relations.get(part)) {
    if (parts.has(part)) break;
    parts.add(part);
    for (const { whole } of related) open.push(whole);
    part = related[0]?.part ?? part;
  }
  const wholes = new Set<string>();
  for (let whole = open.pop(); whole !== undefined; whole = open.pop()) {
    if (wholes.has(whole)) continue;
    if (wholes.size >= MOST_WHOLES) throw invalid(`is part of more than ${MOST_WHOLES} products`, id);
    wholes.add(whole);
    for (const above of relations.get(whole) ?? []) open.push(above.part, above.whole);
  }
  const modules = [...wholes].flatMap((whole) => streamsOf(leaves.get(whole)));
  return { part, module: modules[0] ?? null, wholes: [...wholes] };
}
