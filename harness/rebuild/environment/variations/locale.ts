import type { VariationSpec } from '../types.ts';
import { within } from '../reach.ts';
import { tag, turn } from '../values.ts';

/** Code point order and decimal points; and Estonian: z sorts before t, decimal commas, other names of months. */
export const LOCALES = ['C.UTF-8', 'et_EE.UTF-8'] as const;

/** LC_ALL, with a locale that really exists under a name of its own (LOCPATH, setlocale(3)). */
export const locale: VariationSpec = (twin) => {
  const { locales } = twin.machine;
  const base = turn(LOCALES, twin.index);
  if (locales?.names.includes(base) !== true) {
    return { notApplied: 'the builder cannot make locales (it needs localedef and the sources of et_EE)' };
  }
  const modifier = tag(twin, 'locale');
  const name = `${base}@${modifier}`;
  return within(twin, {
    value: name,
    markers: [modifier],
    settings: { locale: { folder: `${locales.folder}/${base}`, name } },
  });
};
