import type { CauseDefinition } from '../cause.ts';
import { UMASK } from '../fixes/programs.ts';
import { claimOf } from '../claim.ts';
import type { Context, DifferenceSite, TwinFacts } from '../types.ts';

const FIX = 'umask 022 at the start of the RUN instruction, or chmod; COPY --chmod=0644';

const octal = (text: string): number => (/^[0-7]{3,6}$/.test(text) ? Number.parseInt(text, 8) : NaN);

function umaskOf({ environment }: TwinFacts): number {
  return octal(
    environment?.variations.find(
      ({ variation, notApplied }) => variation === 'umask' && notApplied === undefined,
    )?.value ?? '',
  );
}

/** What open and mkdir ask for before the mask is applied. */
const ASKED = [0o666, 0o777];

/** Both modes are exactly what the masks of their builds leave. */
function follows({ a, b }: DifferenceSite, context: Context): boolean {
  const [maskA, maskB] = [umaskOf(context.a), umaskOf(context.b)];
  if (Number.isNaN(maskA) || Number.isNaN(maskB) || maskA === maskB) return false;
  return ASKED.some(
    (mode) => (mode & ~maskA) === (octal(a) & 0o777) && (mode & ~maskB) === (octal(b) & 0o777),
  );
}

/** Only bits differ that a mask takes away: of group and others, and all in the same direction. */
function looksMasked({ a, b }: DifferenceSite): boolean {
  const [one, other] = [octal(a), octal(b)];
  if (Number.isNaN(one) || Number.isNaN(other)) return false;
  const lost = one & ~other;
  const won = other & ~one;
  return (lost === 0 || won === 0) && ((lost | won) & ~0o077) === 0;
}

/** Modes that follow the umask of the build. */
export const umask: CauseDefinition = {
  id: 'umask',
  covers: 'modes that follow the umask',
  fix: FIX,
  provenBy: ['umask'],
  standsFor: ['umask'],
  rewrites: [UMASK],
  explain({ sites }, context) {
    const modes = sites.filter(({ kind, name }) => kind === 'attribute' && name === 'mode');
    const proven = modes.filter((site) => follows(site, context));
    if (proven.length > 0) {
      const why = `what umask ${umaskOf(context.a).toString(8).padStart(3, '0')} and ${umaskOf(context.b).toString(8).padStart(3, '0')} leave`;
      return claimOf(proven, 'proven', { why, fix: FIX });
    }
    const why = 'only permissions of group and others differ';
    return claimOf(modes.filter(looksMasked), 'likely', { why, fix: FIX });
  },
};
