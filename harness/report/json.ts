import type { Summary } from '../record/summary.ts';

export const jsonReport = (summary: Summary): string => `${JSON.stringify(summary, null, 2)}\n`;
