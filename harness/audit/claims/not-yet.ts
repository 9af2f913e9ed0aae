import { originText } from '../read/origin-text.ts';
import { valueOf } from '../read/recipe.ts';
import { type AuditClaim, finding } from './types.ts';

const REBUILD = 'rebuilding from provenance is not done yet';
const BY_HAND =
  'twinproof verify builds twins from a checkout, and twinproof diff compares them with the published image';

/** Claims that only a rebuild can decide. They are told, so that nobody takes a pass of the others for more than it is. */
export const published: AuditClaim = {
  id: 'published',
  passes: 'a rebuild from the recipe equals the published image',
  check: () => finding('unsupported', REBUILD, [], BY_HAND),
};

export const selfConsistent: AuditClaim = {
  id: 'self-consistent',
  passes: 'two rebuilds from the recipe equal each other',
  check: () => finding('unsupported', REBUILD, [], BY_HAND),
};

export const hermetic: AuditClaim = {
  id: 'hermetic',
  passes: 'a rebuild without a network comes to the same image',
  check: ({ platforms }) => {
    const said = platforms.flatMap(({ recipe }) => {
      const reading = valueOf(recipe, 'hermetic');
      return reading === null
        ? []
        : [`its makers say ${String(reading.value)} (${originText(reading.from)})`];
    });
    const words = [...new Set(said)];
    return finding(
      'not-checked',
      words.length === 0 ? 'nobody says so' : words.join('; '),
      [],
      `a rebuild without a network; ${REBUILD}`,
    );
  },
};
