import type { Build } from '../../record/events.ts';
import { limited } from '../limit.ts';
import type { ReportInput } from '../input.ts';
import { subjectHistory } from './history.ts';
import { type Html, markup } from './html.ts';
import type { PageRow } from './model.ts';

/** What all cells of a subject rest on: builds and digests of the twins, and what they were made of. */
export function twinsView(input: ReportInput, row: PageRow): Html {
  const twins = input.results.twins.get(row.subject);
  const cells = [...row.cells.values()];
  const keyed = cells.find(({ result }) => (result?.key ?? null) !== null)?.result ?? null;
  const key = keyed?.key ?? null;
  return markup`<h3>Twins</h3>
    ${twins === undefined ? markup`<p class="cut">Nothing was built.</p>` : buildsView(twins.builds)}
    ${metaView([
      ['builder', twins?.builder.digest ?? null],
      ['source', key?.source ?? null],
      ['lock', key?.lock ?? null],
      ['seed', key === null ? null : String(key.seed)],
      ['SOURCE_DATE_EPOCH', twins === undefined ? null : String(twins.sourceDateEpoch)],
      ['key', keyed?.keyDigest ?? null],
    ])}
    ${subjectHistory(input, row.subject)}`;
}

/** Names and values, without those that are null. */
export function metaView(facts: readonly (readonly [string, string | null])[]): Html | null {
  const rows = facts.flatMap(([name, value]) =>
    value === null
      ? []
      : [
          markup`<div>
            <dt>${name}</dt>
            <dd><code>${value}</code></dd>
          </div>`,
        ],
  );
  return rows.length === 0 ? null : markup`<dl class="meta story-meta">${rows}</dl>`;
}

function buildsView(records: readonly Build[]): Html | null {
  if (records.length === 0) return null;
  const builds = records.map(
    (build) =>
      markup`<tr>
        <th scope="row">${build.twin}</th>
        <td>${build.built ? 'built' : 'failed'} in ${build.seconds.toFixed(1)} s</td>
        <td><code>${build.config ?? '–'}</code></td>
        <td><code>${build.manifest ?? '–'}</code></td>
        <td>${environmentText(build.environment)}</td>
      </tr>`,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Twins">
          <table class="facts">
            <thead>
              <tr>
                <th scope="col">twin</th>
                <th scope="col">build</th>
                <th scope="col">image ID (config)</th>
                <th scope="col">manifest</th>
                <th scope="col">environment</th>
              </tr>
            </thead>
            <tbody>
              ${builds}
            </tbody>
          </table>
        </div>`;
}

const environmentText = (
  axes: { axis: string; value: string; notApplied?: string | undefined }[] | undefined,
): string =>
  axes === undefined || axes.length === 0
    ? 'as always'
    : axes
        .map(({ axis, value, notApplied }) =>
          notApplied === undefined ? `${axis}: ${limited(value, 60)}` : `${axis}: not applied`,
        )
        .join('; ');
