import type { CauseDefinition } from '../cause.ts';
import { CLOCK } from '../fixes/clock.ts';
import { claimOf, exactIfAll } from '../claim.ts';

const FIX =
  'build with timestamps rewritten: buildah bud --timestamp "$SOURCE_DATE_EPOCH" (buildah 1.41: --source-date-epoch and --rewrite-timestamp; BuildKit: --output type=oci,rewrite-timestamp=true)';

/** The mtime of an entry in a layer. */
export const timestampMetadata: CauseDefinition = {
  id: 'timestamp-metadata',
  covers: 'mtimes of entries in layers',
  fix: FIX,
  provenBy: ['clock'],
  rewrites: CLOCK,
  explain({ sites }) {
    const times = sites.filter(({ kind, name }) => kind === 'attribute' && name === 'mtime');
    return claimOf(times, exactIfAll(times, sites), { why: 'the modification time in the layer', fix: FIX });
  },
};
