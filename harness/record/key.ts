import type { CellKey } from './events.ts';
import { sha256 } from '../model/digest.ts';

/** The digest of everything that makes a result a result of exactly this. */
export const keyDigest = (key: CellKey): string => sha256(JSON.stringify(key));
