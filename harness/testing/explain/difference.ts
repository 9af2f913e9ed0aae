import type { DiffResult, EntryDiff } from '../../compare/types.ts';

const SIDE = { ref: 'x', index: null, manifest: 'm', config: 'c', diffIds: [] };

/** Two images of which only these entries differ. */
export function difference(entries: EntryDiff[], more: Partial<DiffResult> = {}): DiffResult {
  return {
    schema: 'twinproof/diff/v1',
    a: SIDE,
    b: SIDE,
    rung: 'none',
    identical: false,
    normalised: [],
    rungs: {
      index: false,
      manifest: false,
      config: false,
      layers: false,
      tree: false,
      'tree-no-times': false,
    },
    config: [],
    manifest: [],
    artifact: null,
    entries,
    attestations: [],
    truncated: false,
    ...more,
  };
}
