import { hash } from 'node:crypto';

/** DiffIDs of tars without entries: nothing, the two blocks that end a tar, and the record that GNU tar fills up. */
const EMPTY = new Set(
  [0, 1024, 10_240].map((bytes) => `sha256:${hash('sha256', Buffer.alloc(bytes), 'hex')}`),
);

const withoutEmpty = (diffIds: readonly string[]): string => diffIds.filter((id) => !EMPTY.has(id)).join();

/** Layers without entries are all in which two lists of diffIDs differ. */
export function differInEmptyLayers(a: readonly string[], b: readonly string[]): boolean {
  return a.join() !== b.join() && withoutEmpty(a) === withoutEmpty(b);
}
