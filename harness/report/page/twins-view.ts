import type { Build } from '../../record/events.ts';
import { placementOf } from '../../record/host.ts';
import { limited } from '../limit.ts';
import type { ReportInput } from '../input.ts';
import { factsTable } from './facts-table.ts';
import { durationText, subjectHistory } from './history.ts';
import { type Html, markup } from './html.ts';
import { lifeView } from './life-view.ts';
import type { PageRow } from './model.ts';

/** Builds that are shown side by side. */
const MAX_BUILDS = 6;

/** What all cells of a subject rest on: its machines, builds and digests of the twins, and what they were made of. */
export function twinsView(input: ReportInput, row: PageRow): Html {
  const twins = input.results.twins.get(row.subject);
  const cells = [...row.cells.values()];
  const key = cells.find(({ result }) => (result?.key ?? null) !== null)?.result?.key ?? null;
  return markup`${lifeView(row)}
    <h3>Twins</h3>
    ${twins === undefined ? markup`<p class="cut">Nothing was built.</p>` : buildsView(twins.builds)}
    ${metaView([
      ['built on', twins === undefined ? null : placementOf(twins.builds.map(({ host }) => host))],
      ['builder', twins?.builder.digest ?? null],
      ['source', key?.source ?? null],
      ['lock', key?.lock ?? null],
      ['seed', key === null ? null : String(key.seed)],
      ['SOURCE_DATE_EPOCH', twins === undefined ? null : String(twins.sourceDateEpoch)],
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

/** The first two builds and those that are unlike the first, a column each; rows are what can be unlike. */
function buildsView(builds: readonly Build[]): Html | null {
  const unlike = builds.slice(2).filter(({ config }) => config !== builds[0]?.config);
  const shown = [...builds.slice(0, 2), ...unlike].slice(0, MAX_BUILDS);
  const left = builds.length - shown.length;
  const variations = [
    ...new Set(shown.flatMap(({ environment = [] }) => environment.map(({ variation }) => variation))),
  ];
  const rows = [
    rowView(
      'build',
      shown,
      ({ built, seconds }) => `${built ? 'built' : 'failed'} in ${durationText(seconds)}`,
      false,
    ),
    rowView('image ID', shown, ({ config }) => config ?? '–'),
    rowView('manifest', shown, ({ manifest }) => manifest ?? '–'),
    ...placeRows(shown),
    ...variations.map((variation) =>
      rowView(variation, shown, (build) => variationText(build, variation), false),
    ),
  ];
  return markup`${factsTable('Twins', ['twin', ...shown.map(({ twin }) => twin)], rows)}
    ${left > 0 ? markup`<p class="cut">${left} more builds are in the log.</p>` : null}`;
}

/** Where they were built. It is reported and not marked: hosts may be unlike each other, images not. */
function placeRows(builds: readonly Build[]): Html[] {
  if (builds.every(({ host }) => host === undefined)) return [];
  const facts: [string, (host: NonNullable<Build['host']>) => string][] = [
    ['node', ({ node }) => node],
    ['kernel', ({ kernel, bootId }) => `${kernel}, boot ${bootId ?? 'unknown'}`],
    ['CPU', ({ cpu, architecture }) => (cpu === null ? architecture : `${cpu}, ${architecture}`)],
  ];
  return facts.map(([name, say]) =>
    rowView(name, builds, ({ host }) => (host === undefined ? '–' : limited(say(host), 200)), false),
  );
}

/** @param reported whether builds that are unlike each other in this are marked */
function rowView(
  name: string,
  builds: readonly Build[],
  say: (build: Build) => string,
  reported = true,
): Html {
  const texts = builds.map(say);
  const unlike = reported && new Set(texts).size > 1;
  return markup`<tr ${unlike ? markup` class="unlike"` : null}>
    <th scope="row">${name}</th>
    ${texts.map((text) => markup`<td><code>${text}</code></td>`)}
  </tr>`;
}

function variationText({ environment = [] }: Build, variation: string): string {
  const found = environment.find((each) => each.variation === variation);
  if (found === undefined) return 'as always';
  return found.notApplied === undefined
    ? limited(found.value, 120)
    : `not applied: ${limited(found.notApplied, 120)}`;
}
