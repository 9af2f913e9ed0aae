import type { CauseDefinition } from '../cause.ts';
import { claimOf, exactIfAll } from '../claim.ts';
import type { DifferenceSite } from '../types.ts';

const FIX =
  'write archives in one way: tar --format=posix --numeric-owner --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime';

const END_FIX = 'end archives in one way: tar pads them with blocks of zeros (tar --blocking-factor=20)';

const NOISE = new Set(['atime', 'ctime', 'dialect', 'header', 'trailer']);

/** Names of owners that only one of the two archives has. */
const nameLost = ({ name, a, b }: DifferenceSite): boolean =>
  /^[ug]name$/.test(name) && (a === '' || b === '');

/** How the archive is written, not what it says. */
export const archiveFormat: CauseDefinition = {
  id: 'archive-format',
  covers: 'tar dialect, PAX noise, atime/ctime, redundant mode bits',
  fix: FIX,
  explain({ sites }) {
    const noise = sites.filter(
      (site) =>
        ((site.kind === 'attribute' || (site.kind === 'field' && site.format.startsWith('tar'))) &&
          (NOISE.has(site.name) || /^pax-header.*-name$/.test(site.name))) ||
        (site.kind === 'attribute' && nameLost(site)),
    );
    const fix = noise.every(({ name }) => name === 'trailer') ? END_FIX : FIX;
    return claimOf(noise, exactIfAll(noise, sites), { why: 'only how the archive is written', fix });
  },
};
