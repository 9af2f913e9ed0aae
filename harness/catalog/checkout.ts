import { join } from 'node:path';
import type { Complaint } from './complaints.ts';
import type { CatalogPlace } from './types.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import type { Registry } from '../model/registry.ts';

/** A checkout that is being looked through. */
export interface Checkout {
  /** The claims that can be checked. */
  claims: Registry<ClaimDeclaration>;
  /** Absolute and real. */
  root: string;
  /** As the user named it; complaints begin with it. */
  folder: string;
  complaints: Complaint[];
}

/** @param path relative to the checkout */
export function placeIn(checkout: Checkout, path: string, line = 1): CatalogPlace {
  return { file: join(checkout.folder, path), line, column: 1 };
}
