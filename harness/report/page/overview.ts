import type { RunInfo } from '../../record/results.ts';
import type { Summary } from '../../record/summary.ts';
import { escapeText } from '../escape.ts';
import { type ToldExemption, exemptionsOf, scopeText } from '../exemptions.ts';
import { timesOf } from '../input.ts';
import { countsLine, depthText } from '../matrix.ts';
import { durationText, historyView } from './history.ts';
import { type Html, markup } from './html.ts';
import type { CellLink, PageModel } from './model.ts';

const MAX_EXEMPTIONS = 200;

export const VERDICT_ORDER = ['pass', 'fail', 'error', 'missing', 'waived', 'skipped'] as const;

/** Title, what was run, and how much of it holds. */
export function headerView(model: PageModel): Html {
  const { summary } = model.input;
  const facts = factsOf(model).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return markup`<header class="top">
    <p class="eyebrow">Twinproof matrix</p>
    <h1>${summary.catalog.name}</h1>
    <p class="counts">${countsLine(summary)}</p>
    ${summary.complete ? null : markup`<p class="alarm" role="alert">Incomplete run: this is not a result.</p>`}
    ${barView(summary)}
    <dl class="meta">${facts}</dl>
  </header>`;
}

function factsOf({ input, rows, platform }: PageModel): [string, string][] {
  const { runs, harness, catalog } = input.results;
  const { started, finished } = timesOf(input);
  const engines = runs.flatMap(({ header: { engine } }) =>
    engine === null ? [] : `${engine.name} ${engine.version}`,
  );
  const hosts = runs.map(
    ({ header: { host } }) => `${host.os} ${host.kernel} ${host.architecture}, ${host.cpus} CPUs`,
  );
  const [only] = runs;
  const depth = depthText(input.summary);
  const single = runs.length === 1 && only !== undefined;
  return [
    ['subjects', String(rows.length)],
    ...(platform === null ? [] : [['platform', platform] satisfies [string, string]]),
    ...(depth === null ? [] : [['depth', depth] satisfies [string, string]]),
    ['started', minute(started)],
    single ? ['took', tookText(only)] : ['finished', minute(finished)],
    ['engine', [...new Set(engines)].slice(0, 3).join('; ')],
    ['host', [...new Set(hosts)].slice(0, 3).join('; ')],
    ['run', single ? only.header.run : `${runs.length} logs`],
    ['catalog', `${catalog.digest.slice(0, 19)}…`],
    ['Twinproof', harness],
  ];
}

const tookText = ({ finished, seconds }: RunInfo): string =>
  finished === null ? 'did not end' : durationText(seconds);

/** Of a time in UTC, as people write it. */
const minute = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`;

/** All cells as one bar, a part for each verdict. */
function barView({ counts, missing }: Summary): Html {
  const all = VERDICT_ORDER.map(
    (verdict) => [verdict, verdict === 'missing' ? missing.length : counts[verdict]] as const,
  );
  const total = Math.max(
    1,
    all.reduce((sum, [, count]) => sum + count, 0),
  );
  let before = 0;
  const parts = all.map(([verdict, count]) => {
    const [x, width] = [before, count].map((cells) => ((cells / total) * 1000).toFixed(2));
    before += count;
    return markup`<rect class="v-${verdict}" x="${x ?? ''}" y="0" width="${width ?? ''}" height="12"/>`;
  });
  return markup`<svg class="bar" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}

/** Beside the matrix: causes ranked over the catalog, history, exemptions, notes. */
export const asideView = (model: PageModel, link: CellLink): Html =>
  markup`${historyView(model.input)}${causesView(model)}${exemptionsView(model, link)}${notesView(model)}`;

/** Causes by how many subjects they make fail. Each is a link that filters. */
export function causesRanked({ rows }: PageModel): [string, number][] {
  const subjects = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const cell of row.cells.values()) {
      for (const { id } of cell.causes) subjects.set(id, (subjects.get(id) ?? new Set()).add(row.subject));
    }
  }
  return [...subjects]
    .map(([id, set]): [string, number] => [id, set.size])
    .sort((a, b) => last(a) - last(b) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** What is not explained comes after all that is. */
const last = ([id]: [string, number]): number => (id === 'unknown' ? 1 : 0);

function causesView(model: PageModel): Html | null {
  const ranked = causesRanked(model);
  const top = ranked[0]?.[1] ?? 1;
  if (ranked.length === 0) return null;
  const rows = ranked.slice(0, 40).map(
    ([id, count]) =>
      markup`<li>
          <a href="#cause=${encodeURIComponent(escapeText(id))}" data-cause="${id}">${id}</a
          ><meter min="0" max="${top}" value="${count}" aria-label="${id}: ${count} subjects"></meter
          ><span>${count}</span>
        </li>`,
  );
  return markup`<section aria-labelledby="causes">
    <h2 id="causes">Causes <small>by subjects they break</small></h2>
    <ol class="causes">
      ${rows}
    </ol>
  </section>`;
}

function exemptionsView({ input, rows }: PageModel, link: CellLink): Html | null {
  const all = exemptionsOf(input);
  if (all.length === 0) return null;
  const places = new Map(rows.map((row, index) => [row.subject, { row, index }]));
  const href = ({ subject, claim }: ToldExemption): string => {
    const place = places.get(subject);
    return place === undefined ? '' : link(place.row, place.index, claim);
  };
  const items = all.slice(0, MAX_EXEMPTIONS).map(
    (reported) =>
      markup`<li class="exemption">
        <p>
          <a href="${href(reported)}">${reported.subject}</a>
          <small>${reported.claim}</small>
        </p>
        <p>${reported.reason}</p>
        <p class="terms">
          <span class="state ${reported.state.replace(' ', '-')}">${reported.state}</span> until
          <time>${reported.expires}</time>, ${reported.owner}; for <code>${scopeText(reported)}</code>
        </p>
      </li>`,
  );
  const left = all.length - items.length;
  return markup`<section aria-labelledby="exemptions">
    <h2 id="exemptions">Exemptions <small>${all.length}</small></h2>
    <ul class="plain">
      ${items}
    </ul>
    ${left > 0 ? markup`<p class="cut">${left} more are in the log.</p>` : null}
  </section>`;
}

function notesView({ input }: PageModel): Html | null {
  const { notes } = input.results;
  if (notes.length === 0) return null;
  return markup`<section aria-labelledby="notes">
    <h2 id="notes">Notes</h2>
    <ul>
      ${notes.slice(0, 100).map(({ level, text }) => markup`<li class="note-${level}">${text}</li>`)}
    </ul>
  </section>`;
}
