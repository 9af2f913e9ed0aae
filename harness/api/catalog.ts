/**
 * `import … from 'twinproof/catalog'`: the file that says which images there are and what is claimed of them
 * (docs/catalog.md).
 *
 * @module twinproof/catalog
 */
import { openCatalog as open } from '../catalog/open.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { CLAIMS as KNOWN } from '../claims/registry.ts';

export type { Catalog, Subject };

/** Ids of all claims that a catalog can make, in the order in which matrices show them. */
export const CLAIMS: readonly string[] = KNOWN.ids;
export type {
  BuilderSpec,
  BuiltPackages,
  ClaimRequest,
  Exemption,
  ImagePin,
  Limits,
  MadeClaim,
  Origin,
  CatalogPlace,
  Prefetch,
  Recipe,
  Smoke,
} from '../catalog/types.ts';

/**
 * Reads and checks a catalog.
 * @param path a catalog file, a folder that holds a `catalog.yaml`, or a checkout laid out like Project Hummingbird's
 * @throws TwinproofError `catalog-invalid` with every complaint, a line each: `file:line:column: what, why, how to fix`
 */
export const openCatalog = (path: string): Promise<Catalog> => open(path, { claims: KNOWN });
