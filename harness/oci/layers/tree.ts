import type { OciImage, ReadLimits } from '../types.ts';
import { mergeLayers, type TreeFile } from './merge.ts';
import type { EntryRecord, Trailer } from './records.ts';

export type { TreeFile } from './merge.ts';

/** A merged tree as objects, for those who look at few of the entries of one image. */
export interface MergedTree {
  /** By path (binary strings), in no particular order. The root is `.`. */
  files: Map<string, TreeFile>;
  trailers: readonly Trailer[];
}

/** Reads all layers and merges them (see mergeLayers). @throws TwinproofError image-invalid, unsupported */
export async function readTree(image: OciImage, { limits }: { limits: ReadLimits }): Promise<MergedTree> {
  const merged = await mergeLayers(image, { limits });
  const known = new Map<number, EntryRecord>();
  // Names that share an inode have it as the same object.
  const object = (number: number): EntryRecord => {
    const record = known.get(number) ?? merged.records.get(number);
    known.set(number, record);
    return record;
  };
  const files = new Map<string, TreeFile>();
  for (const path of merged.shown()) {
    const file = { record: object(merged.record(path)), inode: object(merged.inode(path)) };
    const attributes = merged.attributes.get(merged.inode(path));
    files.set(merged.paths.text(path), attributes === undefined ? file : { ...file, attributes });
  }
  return { files, trailers: merged.trailers };
}
