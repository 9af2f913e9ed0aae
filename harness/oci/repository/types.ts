import type { Descriptor, Document } from '../types.ts';

/** Where an entry of a list of referrers was found. */
export type ListedBy = 'referrers-api' | 'referrers-tag' | 'layout';

/** Everything that is kept beside an image under one name: manifests by digest and tag, and what refers to them. */
export interface Repository {
  /** As it was asked for. */
  reference: string;
  /** What the reference leads to: an index or a manifest. Read once, so that a tag that moves changes nothing. */
  top: Document;
  /** What stands in a layout beside `top`; empty for registries, which have no such list. */
  others: readonly Descriptor[];
  /** A manifest or index, verified. @throws TwinproofError image-invalid */
  readManifest(descriptor: Descriptor): Promise<Document>;
  /** What has a tag; null where nothing has. @throws TwinproofError */
  tagged(tag: string): Promise<Document | null>;
  /** Manifests that name this digest as their subject, by each list that there is. @throws TwinproofError */
  referrers(digest: string): Promise<{ by: ListedBy; descriptor: Descriptor }[]>;
  /** The bytes of a small blob, verified. @throws TwinproofError image-invalid, also when it is too large */
  readBlob(descriptor: Descriptor): Promise<Buffer>;
  /** Removes what opening it left in scratch folders. */
  close(): Promise<void>;
}
