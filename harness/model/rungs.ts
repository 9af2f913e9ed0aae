/** Steps of the ladder at which two images can be equal, strongest first. */
export const RUNGS = ['index', 'manifest', 'config', 'layers', 'tree', 'tree-no-times'] as const;
export type Rung = (typeof RUNGS)[number];

/** The strongest rung that two images reach. */
export const REACHED_RUNGS = [...RUNGS, 'none'] as const;
export type ReachedRung = (typeof REACHED_RUNGS)[number];
