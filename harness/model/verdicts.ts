/** What a cell can say. */
export const VERDICTS = ['pass', 'fail', 'error', 'skipped', 'waived'] as const;
export type Verdict = (typeof VERDICTS)[number];
