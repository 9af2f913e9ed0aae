import type { CauseDefinition } from '../cause.ts';
import { claimOf } from '../claim.ts';

const FIX =
  'build both with the same storage driver, make parent folders in the base image; compare the merged tree (--rung tree)';

/** What the storage driver of the builder adds: whiteouts, opaque markers, hard link or copy. */
export const overlayArtefact: CauseDefinition = {
  id: 'overlay-artefact',
  covers: 'whiteouts, opaque markers, parent directories, hard link or copy',
  fix: FIX,
  explain({ entry, sites }) {
    const types = [entry.a?.type, entry.b?.type];
    const marker =
      types.some((type) => type === 'whiteout' || type === 'opaque') || /(?:^|\/)\.wh\./.test(entry.path);
    if (marker) {
      const evidence = `${entry.path} is a marker of the storage driver`;
      return { confidence: 'likely', evidence, fix: FIX, sites, whole: true };
    }
    const linked = types.includes('hardlink') && types.includes('file');
    if (!linked) return null;
    const kinds = sites.filter(({ name }) => name === 'type');
    return claimOf(kinds, 'likely', { why: 'a hard link in one, a copy in the other', fix: FIX });
  },
};
