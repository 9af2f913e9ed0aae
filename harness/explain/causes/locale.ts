import type { CauseDefinition } from '../cause.ts';
import { SORT } from '../fixes/programs.ts';
import { claimOf } from '../claim.ts';
import { isSameMoment } from '../dates.ts';
import { orderSites } from '../order.ts';
import { namedFile } from '../named-file.ts';
import { markerClaim } from '../markers.ts';
import type { DifferenceSite } from '../types.ts';

const FIX = 'ENV LC_ALL=C.UTF-8';

const NAME = /^(?:(?:LANG|LANGUAGE|LC_[A-Z]+)=)?"?(?:C|POSIX|[a-z]{2,3}_[A-Z]{2})(?:\.[\w-]+)?(?:@\w+)?"?$/;

function areLocales({ kind, a, b }: DifferenceSite): boolean {
  return kind === 'text' && a.length > 1 && b.length > 1 && NAME.test(a) && NAME.test(b);
}

/** 1.5 and 1,5. */
function areDecimals({ kind, a, b }: DifferenceSite): boolean {
  if (kind !== 'text' || a.replace(',', '.') !== b.replace(',', '.')) return false;
  return /^-?\d+[.,]\d+$/.test(a) && /^-?\d+[.,]\d+$/.test(b);
}

/** 20:01:27 and 08:01:27 PM. */
const areForms = ({ kind, a, b }: DifferenceSite): boolean =>
  kind === 'text' && / [AP]M\b/.test(a) !== / [AP]M\b/.test(b) && isSameMoment(a, b);

const LANGUAGES = 'en de fr es it pt nl pl cs sv fi da nb hu tr et ru uk ja ko zh'.split(' ');
const NAMES = ['long', 'short'] as const;

/** Names of months and days in many languages, in lower case, to what they name. */
function calendar(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const language of LANGUAGES) {
    for (const style of NAMES) {
      const month = new Intl.DateTimeFormat(language, { month: style, timeZone: 'UTC' });
      const day = new Intl.DateTimeFormat(language, { weekday: style, timeZone: 'UTC' });
      for (let at = 0; at < 12; at += 1) {
        const date = Date.UTC(2026, at, 5 + (at % 7));
        for (const [kind, name] of [
          [`month ${at}`, month.format(date)],
          [`day ${new Date(date).getUTCDay()}`, day.format(date)],
        ] as const) {
          const key = name.replace(/\.$/, '').toLowerCase();
          found.set(key, (found.get(key) ?? new Set()).add(kind));
        }
      }
    }
  }
  return found;
}

let known: Map<string, Set<string>> | null = null;

/** March and März. */
function areNames({ kind, a, b }: DifferenceSite): boolean {
  if (kind !== 'text' || !/^\p{L}{2,15}\.?$/u.test(a) || !/^\p{L}{2,15}\.?$/u.test(b)) return false;
  known ??= calendar();
  const [one, other] = [a, b].map((text) => known?.get(text.replace(/\.$/, '').toLowerCase()));
  return one !== undefined && other !== undefined && [...one].some((name) => other.has(name));
}

/** Language, character set or collation of the build. */
export const locale: CauseDefinition = {
  id: 'locale',
  covers: 'language or collation',
  fix: FIX,
  provenBy: ['locale'],
  standsFor: ['locale'],
  rewrites: [SORT],
  explain(seen, context) {
    const { sites } = seen;
    const markers = markerClaim(sites, ['locale'], context, FIX);
    if (markers !== null) return markers;
    const names = sites.filter(
      (site) => areLocales(site) || areDecimals(site) || areNames(site) || areForms(site),
    );
    const sorted = orderSites(seen, context, 'locale').first;
    const why =
      sorted.length > 0
        ? 'one stands in the order of its bytes, the other as a language sorts'
        : 'as two locales write it';
    const claim = claimOf([...names, ...sorted], 'likely', {
      why,
      fix: sorted.length > 0 ? 'LC_ALL=C sort' : FIX,
    });
    return claim ?? namedFile('locale', seen);
  },
};
