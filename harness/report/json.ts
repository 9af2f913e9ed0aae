import type { Summary } from '../record/summary.ts';
import type { Format } from './format.ts';

export const jsonReport = (summary: Summary): string => `${JSON.stringify(summary, null, 2)}\n`;

export const json: Format = {
  id: 'json',
  file: 'summary.json',
  purpose: 'scripts; schema: [`summary.schema.json`](../harness/record/summary.schema.json)',
  make: ({ summary }) => jsonReport(summary),
  logOnly: true,
};
