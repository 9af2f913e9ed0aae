import { join } from 'node:path';
import type { Complaint } from './complaints.ts';
import type { Place } from './types.ts';

/** A checkout that is being looked through. */
export interface Checkout {
  /** Absolute and real. */
  root: string;
  /** As the user named it; complaints begin with it. */
  folder: string;
  complaints: Complaint[];
}

/** @param path relative to the checkout */
export function placeIn(checkout: Checkout, path: string, line = 1): Place {
  return { file: join(checkout.folder, path), line, column: 1 };
}
