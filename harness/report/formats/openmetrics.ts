import { escapeText } from '../escape.ts';
import { type ReportInput, timesOf } from '../input.ts';
import { VERDICTS } from '../../model/verdicts.ts';
import type { Format } from '../format.ts';

/** OpenMetrics text: counts by claim and verdict, build times by subject and twin. */
export function openmetricsReport(input: ReportInput): string {
  const { results, summary } = input;
  const { started, finished } = timesOf(input);
  return [
    ...family('twinproof_cells', 'Cells of the matrix, by claim and verdict.', undefined),
    ...summary.claims.flatMap((claim) =>
      VERDICTS.map((verdict) => {
        const count = summary.cells.filter((cell) => cell.claim === claim && cell.verdict === verdict).length;
        return `twinproof_cells{${labels({ claim, verdict })}} ${count}`;
      }),
    ),
    ...family('twinproof_cells_missing', 'Cells that were asked for and not decided.', undefined),
    `twinproof_cells_missing ${summary.missing.length}`,
    ...family('twinproof_complete', 'Whether every cell was decided and every log has its end.', undefined),
    `twinproof_complete ${summary.complete ? 1 : 0}`,
    ...family('twinproof_run_started_timestamp_seconds', 'When the first run began.', 'seconds'),
    `twinproof_run_started_timestamp_seconds ${Date.parse(started) / 1000}`,
    ...family('twinproof_run_finished_timestamp_seconds', 'When the last run ended.', 'seconds'),
    `twinproof_run_finished_timestamp_seconds ${Date.parse(finished) / 1000}`,
    ...family('twinproof_build_seconds', 'How long one build of a subject took.', 'seconds'),
    ...[...results.twins.values()]
      .sort((a, b) => (a.subject < b.subject ? -1 : 1))
      .flatMap(({ subject, builds }) =>
        builds.map(({ twin, seconds }) => `twinproof_build_seconds{${labels({ subject, twin })}} ${seconds}`),
      ),
    '# EOF',
    '',
  ].join('\n');
}

const family = (name: string, help: string, unit: string | undefined): string[] => [
  `# TYPE ${name} gauge`,
  ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
  `# HELP ${name} ${help}`,
];

const labels = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(
      ([name, value]) =>
        `${name}="${escapeText(value)
          .replaceAll('\\', '\\\\')
          .replaceAll('"', String.raw`\"`)}"`,
    )
    .join(',');

export const openmetrics: Format = {
  id: 'openmetrics',
  file: 'metrics.txt',
  purpose: 'Prometheus and the like',
  make: openmetricsReport,
  logOnly: true,
};
