import type { CauseDefinition } from '../cause.ts';
import { HOSTNAME } from '../fixes/programs.ts';
import { claimOf } from '../claim.ts';
import { namedFile } from '../named-file.ts';
import { markerClaim } from '../markers.ts';
import type { Seen, DifferenceSite } from '../types.ts';

/** Containers are named after the first 12 digits of their id. */
const CONTAINER = /^[0-9a-f]{12}$/;
const HOST = /\bhost(?:name)?\b|\bnode(?:name)?\b|\buname\b|\bbuilt (?:on|by|at)\b|HOSTNAME|\bon\b/i;
const NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;

const ASKS = /\bhostname\b|uname -[an]|gethostname|platform\.node|os\.uname|\$\{?HOSTNAME\b/;

function isHost({ kind, a, b, lineA, name }: DifferenceSite, { recipe, entry }: Seen): boolean {
  if (kind === 'field' && /host/i.test(name)) return true;
  if (kind !== 'text') return false;
  const [one, other] = [a, b].map((text) => text.replace(/^.*[@=]/, ''));
  if (one === undefined || other === undefined) return false;
  // Twelve digits could be anything random, too.
  const speaks = HOST.test(lineA) || ASKS.test(recipe);
  if (CONTAINER.test(one) && CONTAINER.test(other)) return speaks || /host|built-by/i.test(entry.path);
  if (!NAME.test(one) || !NAME.test(other) || /^[\d.]+$/.test(one) || one.length > 63) return false;
  // A number or a hash after "host" is a port or a key.
  if (/^[0-9a-f-]{16,}$/i.test(one)) return false;
  const [before, after] = [lineA.slice(0, lineA.indexOf(a)), lineA.slice(lineA.indexOf(a) + a.length)];
  if (before.trim() === '' && after.trim() === '' && ASKS.test(recipe)) return true;
  // After `user@`, `host:` or `built on`: machines have a digit or a hyphen in their names, other things rarely.
  const machine = /[a-z]/i.test(one) && /[a-z]/i.test(other) && /[\d-]/.test(one) && /[\d-]/.test(other);
  if (
    machine &&
    /@$|(?:\b|_)(?:host|machine|runner|buil[dt]_?(?:on|at|host))['"]?\s*[:=]\s*['"]?$|\b(?:built|compiled|packaged|generated) (?:on|at|by):? $/i.test(
      before,
    )
  )
    return true;
  return /\bhost ?name\b|HOSTNAME=|\bnodename\b/i.test(lineA) || (HOST.test(lineA) && ASKS.test(recipe));
}

function fixFor({ recipe }: Seen): string {
  if (/\bhostname\b/.test(recipe)) return 'echo localhost instead of hostname';
  return 'leave the host name out, or fix it: KBUILD_BUILD_HOST, --build-host, _buildhost; buildah 1.41 fixes it with --source-date-epoch';
}

/** Name of the host or container that it was built in. */
export const hostname: CauseDefinition = {
  id: 'hostname',
  covers: 'host or container name',
  fix: 'leave the host name out of what is written',
  provenBy: ['hostname'],
  standsFor: ['hostname'],
  rewrites: [HOSTNAME],
  explain(seen, context) {
    const fix = fixFor(seen);
    const markers = markerClaim(seen.sites, ['hostname'], context, fix);
    if (markers !== null) return markers;
    const hosts = seen.sites.filter((site) => isHost(site, seen));
    const why = 'the name of the host or container that it was built in';
    return claimOf(hosts, 'likely', { why, fix }) ?? namedFile('hostname', seen);
  },
};
