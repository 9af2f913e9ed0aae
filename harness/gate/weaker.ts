import type { Twins } from '../record/events.ts';

/** In what the builds of a subject showed less than those of the baseline, by how the run was called; one line each. */
export function weakerBuilds(now: Twins | undefined, before: Twins | undefined): string[] {
  if (now === undefined || before === undefined) return [];
  const [builds, had] = [now.builds.length, before.builds.length];
  const asked = variationsOf(now);
  const missing = [...variationsOf(before)].filter((variation) => !asked.has(variation));
  return [
    ...(builds < had ? [`${had} → ${builds} builds`] : []),
    ...(missing.length > 0 ? [`not varied any more: ${missing.join(', ')}`] : []),
  ];
}

/** Variations that were varied in the baseline, and could not be on the machine of the run. */
export function notApplied(now: Twins | undefined, before: Twins | undefined): string[] {
  if (now === undefined || before === undefined) return [];
  const [asked, applied] = [variationsOf(now), appliedVariations(now)];
  return [...appliedVariations(before)].filter(
    (variation) => asked.has(variation) && !applied.has(variation),
  );
}

/** Variations that were asked for, whether or not the machine could vary them. */
const variationsOf = ({ builds }: Twins): Set<string> =>
  new Set(builds.flatMap(({ environment = [] }) => environment.map(({ variation }) => variation)));

const appliedVariations = ({ builds }: Twins): Set<string> =>
  new Set(
    builds.flatMap(({ environment = [] }) =>
      environment.flatMap(({ variation, notApplied: why }) => (why === undefined ? variation : [])),
    ),
  );
