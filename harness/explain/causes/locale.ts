import { claimOf } from '../claim.ts';
import { orderSpots } from '../order.ts';
import { plantedClaim } from '../planted.ts';
import type { Explainer, Spot } from '../types.ts';

const FIX = 'ENV LC_ALL=C.UTF-8';

const NAME = /^(?:(?:LANG|LANGUAGE|LC_[A-Z]+)=)?"?(?:C|POSIX|[a-z]{2,3}_[A-Z]{2})(?:\.[\w-]+)?(?:@\w+)?"?$/;

function areLocales({ kind, a, b }: Spot): boolean {
  return kind === 'text' && a.length > 1 && b.length > 1 && NAME.test(a) && NAME.test(b);
}

/** 1.5 and 1,5. */
function areDecimals({ kind, a, b }: Spot): boolean {
  if (kind !== 'text' || a.replace(',', '.') !== b.replace(',', '.')) return false;
  return /^-?\d+[.,]\d+$/.test(a) && /^-?\d+[.,]\d+$/.test(b);
}

/** Language, character set or collation of the build. */
export const locale: Explainer = {
  id: 'locale',
  explain(seen, context) {
    const { spots } = seen;
    const planted = plantedClaim(spots, ['locale'], context, FIX);
    if (planted !== null) return planted;
    const names = spots.filter((spot) => areLocales(spot) || areDecimals(spot));
    const sorted = orderSpots(seen, context, 'locale').first;
    const why =
      sorted.length > 0
        ? 'one stands in the order of its bytes, the other as a language sorts'
        : 'as two locales write it';
    const claim = claimOf([...names, ...sorted], 'likely', {
      why,
      fix: sorted.length > 0 ? 'LC_ALL=C sort' : FIX,
    });
    return claim;
  },
};
