/** Steps of the ladder at which two images can be equal, strongest first. */
export const RUNGS = ['index', 'manifest', 'config', 'layers', 'tree', 'tree-no-times'] as const;
export type Rung = (typeof RUNGS)[number];

/** The strongest rung that two images reach. */
export const REACHED_RUNGS = [...RUNGS, 'none'] as const;
export type ReachedRung = (typeof REACHED_RUNGS)[number];

/** How far two images that differ are equal, for people. */
export const reachedText = (rung: ReachedRung): string =>
  rung === 'none' ? 'even the file trees differ' : `first rung that holds: ${rung}`;
