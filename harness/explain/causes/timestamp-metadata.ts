import { claimOf, exactIfAll } from '../claim.ts';
import type { Explainer } from '../types.ts';

const FIX =
  'build with timestamps rewritten: buildah bud --timestamp "$SOURCE_DATE_EPOCH" (buildah 1.41: --source-date-epoch and --rewrite-timestamp; BuildKit: --output type=oci,rewrite-timestamp=true)';

/** The mtime of an entry in a layer. */
export const timestampMetadata: Explainer = {
  id: 'timestamp-metadata',
  explain({ spots }) {
    const times = spots.filter(({ kind, name }) => kind === 'attribute' && name === 'mtime');
    return claimOf(times, exactIfAll(times, spots), { why: 'the modification time in the layer', fix: FIX });
  },
};
