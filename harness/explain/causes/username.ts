import type { CauseDefinition } from '../cause.ts';
import { USER_VARIABLES, WHOAMI } from '../fixes/programs.ts';
import { claimOf } from '../claim.ts';
import { markerClaim } from '../markers.ts';
import type { Seen, DifferenceSite } from '../types.ts';

const OWNER_FIX = 'COPY --chown=0:0, chown in the same RUN, or useradd --uid with a fixed number';
const FIX = 'leave the name of the user and of its home out, or fix it: ENV HOME=/root USER=root';

const isOwner = ({ kind, name, a, b, format }: DifferenceSite): boolean =>
  (kind === 'attribute' || (kind === 'field' && /^(?:tar|cpio|ar|zip)/.test(format))) &&
  (/^[ug]id$/.test(name) || (/^[ug]name$/.test(name) && a !== '' && b !== ''));

const USER =
  /(?:\b|_)(?:user(?:name)?|login|logname|whoami|packager|maintainer|builder)\b|^(?:USER|LOGNAME|HOME)=|\buid=/i;
/** Names of months are none: `User Commands` stands beside one in manual pages. */
const NAME =
  /^(?!(?:January|February|March|April|May|June|July|August|September|October|November|December)$)[a-z_][a-z0-9_-]{0,31}$/i;
/** `built by alice`; with a digit or a hyphen it is rather a machine. */
const BY = /\b(?:built|compiled|generated|created|packaged|made) by:? ?\W?$/i;
const ASKS =
  /\$\{?(?:USER|LOGNAME)\b|\bwhoami\b|\bid -un?\b|\blogname\b|getlogin|getpwuid|getuser\b|userInfo|user\.name/;

/** The instruction asks who builds, and nothing else stands in that line; or the line says so. */
function isNamed({ a, b, lineA, lineB }: DifferenceSite, { recipe }: Seen): boolean {
  if (!/^[a-z_]+$/i.test(a) || !/^[a-z_]+$/i.test(b)) return false;
  if (lineA.trim() === a && lineB.trim() === b) return ASKS.test(recipe);
  const at = lineA.indexOf(a);
  return (
    BY.test(lineA.slice(0, at)) ||
    (ASKS.test(recipe) && /\bby\b/i.test(lineA)) ||
    lineA[at + a.length] === '@'
  );
}

function isUser(site: DifferenceSite, seen: Seen): boolean {
  const { kind, a, b, lineA } = site;
  if (kind !== 'text') return false;
  const home = /(?:^|=)\/(?:home|Users)\/[\w.-]+/;
  const [homeA, homeB] = [home.exec(a)?.[0], home.exec(b)?.[0]];
  if (homeA !== undefined && homeB !== undefined) return homeA !== homeB;
  if (lineA.startsWith('HOME=') && a.includes('/') && b.includes('/')) return true;
  const [one, other] = [a, b].map((text) => text.replace(/^.*=/, '').replace(/@.*$/, ''));
  if (one === undefined || other === undefined || one === other) return false;
  if (isNamed(site, seen)) return true;
  if (/\b[ug]id['"]?\s*[:=]\s*['"]?$/i.test(lineA.slice(0, lineA.indexOf(a))) && /^\d+$/.test(a + b))
    return true;
  return USER.test(lineA) && NAME.test(one) && NAME.test(other) && !/^[0-9a-f]{12,}$/.test(one);
}

/** User, uid and gid, or home of the build. */
export const username: CauseDefinition = {
  id: 'username',
  covers: 'user, uid/gid or home of the build',
  fix: FIX,
  provenBy: ['home', 'user'],
  standsFor: ['home', 'user'],
  rewrites: [USER_VARIABLES, WHOAMI],
  explain(seen, context) {
    const { sites } = seen;
    const markers = markerClaim(sites, ['user', 'home'], context, FIX);
    if (markers !== null) return markers;
    const owners = sites.filter(isOwner);
    const users = sites.filter((site) => isUser(site, seen));
    const why = owners.length > 0 ? 'the owner' : 'the user that built it, or its home';
    const claim = claimOf([...owners, ...users], 'likely', { why, fix: owners.length > 0 ? OWNER_FIX : FIX });
    return claim;
  },
};
