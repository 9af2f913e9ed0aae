import type { Evidence, Twins } from './events.ts';

/** Evidence that the record of a subject's builds names. */
export function evidenceOfTwins(twins: Twins | undefined): Evidence[] {
  if (twins === undefined) return [];
  const { recipe, builds } = twins;
  return [
    ...(recipe === undefined ? [] : [recipe.text]),
    ...builds.flatMap(({ log, manifestFile }) => [log ?? [], manifestFile ?? []].flat()),
  ];
}
