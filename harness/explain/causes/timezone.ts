import type { CauseDefinition } from '../cause.ts';
import { DATE_UTC } from '../fixes/clock.ts';
import { claimOf } from '../claim.ts';
import { namedFile } from '../named-file.ts';
import { markerClaim } from '../markers.ts';
import { zonesDiffer } from '../zones.ts';
import type { DifferenceSite } from '../types.ts';

const FIX = 'ENV TZ=UTC';

const OFFSET = /^[+-](?:0\d|1[0-4]):?(?:00|15|30|45)$/;
const NAME =
  /^:?(?:UTC|GMT|Etc\/[\w+-]+|(?:GMT|UTC)[+-]\d{1,2}|(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)\/[A-Za-z_/-]+|[A-Z]{3,4})$/;

function areZones({ kind, a, b, lineA }: DifferenceSite): boolean {
  if (kind !== 'text') return false;
  if (OFFSET.test(a) && OFFSET.test(b)) return true;
  const value = (text: string): string => text.replace(/^TZ=/, '');
  if (!NAME.test(value(a)) || !NAME.test(value(b))) return false;
  return /^TZ=|\btz\b|zone|localtime/i.test(lineA) || a.includes('/') || b.includes('/');
}

/** The time zone of the build. */
export const timezone: CauseDefinition = {
  id: 'timezone',
  covers: 'time zone',
  fix: FIX,
  provenBy: ['timezone'],
  standsFor: ['timezone'],
  rewrites: [DATE_UTC],
  explain(seen, context) {
    const { sites } = seen;
    const markers = markerClaim(sites, ['timezone'], context, FIX);
    if (markers !== null) return markers;
    const zones = sites.filter(
      (site) => areZones(site) || (site.kind === 'text' && zonesDiffer(site, context)),
    );
    const why = 'the same time, written in two time zones';
    return claimOf(zones, 'likely', { why, fix: FIX }) ?? namedFile('timezone', seen);
  },
};
