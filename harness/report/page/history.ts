import type { Results } from '../../record/results.ts';
import { compareResults } from '../../gate/compare.ts';
import type { ReportInput } from '../input.ts';
import { sparkline } from './charts.ts';
import { type Html, markup } from './html.ts';

const percent = (value: number): string => `${(value * 100).toFixed(value === 1 || value === 0 ? 0 : 1)} %`;
/** Seconds as people say them. */
export const durationText = (seconds: number): string =>
  seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;

/** The whole over time; nothing where no earlier run was given. */
export function historyView({ results, history, claims }: ReportInput): Html | null {
  if (history.length === 0) return null;
  const runs = [...history, results];
  return markup`<section aria-labelledby="history">
    <h2 id="history">History <small>${runs.length} runs</small></h2>
    <div class="charts">
      ${sparkline({ title: 'reproducible', values: runs.map(shareReproducible), format: percent, max: 1 })}${sparkline({ title: 'flaky since the run before', values: runs.map((run, index) => flakeRate(run, runs[index - 1], claims)), format: percent, max: 0.05 })}${sparkline({ title: 'time in builds', values: runs.map(buildSeconds), format: durationText })}
    </div>
  </section>`;
}

/** The builds of one subject over time. */
export function subjectHistory({ results, history }: ReportInput, subject: string): Html | null {
  if (history.length === 0) return null;
  const values = [...history, results].map((run) => {
    const builds = run.twins.get(subject)?.builds ?? [];
    return builds.length === 0 ? null : builds.reduce((sum, build) => sum + build.seconds, 0) / builds.length;
  });
  return sparkline({ title: 'mean build time', values, format: durationText });
}

function shareReproducible({ cells }: Results): number | null {
  const asked = [...cells.values()].filter(
    ({ claim, verdict }) => claim === 'reproducible' && verdict !== 'skipped',
  );
  return asked.length === 0 ? null : asked.filter(({ verdict }) => verdict === 'pass').length / asked.length;
}

function flakeRate(run: Results, before: Results | undefined, claims: ReportInput['claims']): number | null {
  if (before === undefined) return null;
  const compared = compareResults(run, before, claims).filter(
    (cell) => cell.now !== null && cell.before !== null,
  );
  return compared.length === 0 ? null : compared.filter(({ flaky }) => flaky).length / compared.length;
}

const buildSeconds = ({ twins }: Results): number | null => {
  const builds = [...twins.values()].flatMap((record) => record.builds);
  return builds.length === 0 ? null : builds.reduce((sum, build) => sum + build.seconds, 0);
};
