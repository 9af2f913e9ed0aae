import { provenanceOf, coverage as covers } from '../choose.ts';
import { nothingVerified } from './signed.ts';
import { type AuditCase, type AuditClaim, type AuditFinding, finding } from './types.ts';

export const provenance: AuditClaim = {
  id: 'provenance',
  passes:
    'there is provenance that verifies, and it says all that a rebuild needs, with digests of builder and base images',
  check: ({ evidence, platforms }) => {
    const none = nothingVerified(evidence, 'provenance');
    if (none !== null) return none;
    const read = platforms.filter(({ provenance: found }) => found !== null);
    if (read.length === 0) return finding('unverified', 'no provenance of these images verifies');
    const missing = read.flatMap(({ recipe, image }) =>
      recipe.missing.map(({ code, what }) => `${image.platform}: ${code}: ${what}`),
    );
    const forms = [...new Set(read.map(({ recipe }) => `${recipe.from ?? ''}: ${recipe.form ?? ''}`))];
    const codes = [...new Set(read.flatMap(({ recipe }) => recipe.missing.map(({ code }) => code)))];
    return missing.length === 0
      ? finding('pass', forms.join(', '), [])
      : finding(
          'fail',
          `verified (${forms.join(', ')}), and not sufficient for a rebuild: ${codes.join(', ')}`,
          missing,
        );
  },
};

export const coverage: AuditClaim = {
  id: 'coverage',
  passes:
    'every image of the index is a subject of provenance that verifies, by itself or through an index that contains it',
  check: ({ evidence, platforms }) => {
    const none = withoutProvenance({ platforms });
    if (none !== null) return none;
    const details = platforms.map(({ image }) => {
      const [by] = provenanceOf(evidence, image, 'verified');
      const how =
        by === undefined
          ? 'not attested'
          : `${by.found.id}, ${covers(by, image) === 'itself' ? 'as a subject itself' : 'through the index'}`;
      return `${image.platform}: ${how}`;
    });
    const open = platforms
      .filter(({ provenance: found }) => found === null)
      .map(({ image }) => image.platform);
    return open.length === 0
      ? finding('pass', details.join('; '), details)
      : finding('fail', `not attested: ${open.join(', ')}`, details);
  },
};

/** What claims say that rest on provenance where none verifies. */
export function withoutProvenance({ platforms }: Pick<AuditCase, 'platforms'>): AuditFinding | null {
  return platforms.some(({ provenance: found }) => found !== null)
    ? null
    : finding('not-checked', 'no provenance verifies', [], 'provenance that verifies');
}
