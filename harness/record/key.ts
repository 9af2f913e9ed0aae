import { createHash } from 'node:crypto';
import type { CellKey } from './events.ts';

/** The digest of everything that makes a result a result of exactly this. */
export const keyDigest = (key: CellKey): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(key)).digest('hex')}`;
