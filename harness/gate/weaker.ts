import type { Twins } from '../record/events.ts';

/** In what the builds of a subject showed less than those of the baseline, by how the run was called; one line each. */
export function weakerBuilds(now: Twins | undefined, before: Twins | undefined): string[] {
  if (now === undefined || before === undefined) return [];
  const [builds, had] = [now.builds.length, before.builds.length];
  const asked = axesOf(now);
  const missing = [...axesOf(before)].filter((axis) => !asked.has(axis));
  return [
    ...(builds < had ? [`${had} → ${builds} builds`] : []),
    ...(missing.length > 0 ? [`not varied any more: ${missing.join(', ')}`] : []),
  ];
}

/** Axes that were varied in the baseline, and could not be on the machine of the run. */
export function notApplied(now: Twins | undefined, before: Twins | undefined): string[] {
  if (now === undefined || before === undefined) return [];
  const [asked, applied] = [axesOf(now), appliedAxes(now)];
  return [...appliedAxes(before)].filter((axis) => asked.has(axis) && !applied.has(axis));
}

/** Axes that were asked for, whether or not the machine could vary them. */
const axesOf = ({ builds }: Twins): Set<string> =>
  new Set(builds.flatMap(({ environment = [] }) => environment.map(({ axis }) => axis)));

const appliedAxes = ({ builds }: Twins): Set<string> =>
  new Set(
    builds.flatMap(({ environment = [] }) =>
      environment.flatMap(({ axis, notApplied: why }) => (why === undefined ? axis : [])),
    ),
  );
