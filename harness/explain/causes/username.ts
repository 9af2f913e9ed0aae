import { claimOf } from '../claim.ts';
import { plantedClaim } from '../planted.ts';
import type { Explainer, Spot } from '../types.ts';

const OWNER_FIX = 'COPY --chown=0:0, chown in the same RUN, or useradd --uid with a fixed number';
const FIX = 'leave the name of the user and of its home out, or fix it: ENV HOME=/root USER=root';

const isOwner = ({ kind, name, a, b, format }: Spot): boolean =>
  (kind === 'attribute' || (kind === 'field' && /^(?:tar|cpio|ar|zip)/.test(format))) &&
  (/^[ug]id$/.test(name) || (/^[ug]name$/.test(name) && a !== '' && b !== ''));

const USER =
  /\b(?:user(?:name)?|login|logname|whoami|packager|maintainer|builder)\b|^(?:USER|LOGNAME|HOME)=|\buid=/i;
const NAME = /^[a-z_][a-z0-9_-]{0,31}$/i;

function isUser({ kind, a, b, lineA }: Spot): boolean {
  if (kind !== 'text') return false;
  const home = /(?:^|=)\/(?:home|Users)\/[\w.-]+/;
  if (home.test(a) && home.test(b)) return true;
  if (lineA.startsWith('HOME=') && a.includes('/') && b.includes('/')) return true;
  const [one, other] = [a, b].map((text) => text.replace(/^.*=/, '').replace(/@.*$/, ''));
  if (one === undefined || other === undefined || one === other) return false;
  return USER.test(lineA) && NAME.test(one) && NAME.test(other) && !/^[0-9a-f]{12,}$/.test(one);
}

/** User, uid and gid, or home of the build. */
export const username: Explainer = {
  id: 'username',
  explain({ spots }, context) {
    const planted = plantedClaim(spots, ['user', 'home'], context, FIX);
    if (planted !== null) return planted;
    const owners = spots.filter(isOwner);
    const users = spots.filter(isUser);
    const why = owners.length > 0 ? 'the owner' : 'the user that built it, or its home';
    const claim = claimOf([...owners, ...users], 'likely', { why, fix: owners.length > 0 ? OWNER_FIX : FIX });
    return claim;
  },
};
