import type { BlobPlace } from '../types.ts';

/** Named files: a folder, or an archive that is read where it lies. */
export interface FileStore {
  /** For errors. */
  path: string;
  /** Null when there is no regular file of that name. */
  find(name: string): Promise<BlobPlace | null>;
  /** Removes what opening it left in scratch folders. */
  close?(): Promise<void>;
}
