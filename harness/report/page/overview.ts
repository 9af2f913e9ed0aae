import type { Summary } from '../../record/summary.ts';
import { asObject, asText } from '../causes.ts';
import { escapeText } from '../escape.ts';
import { timesOf } from '../input.ts';
import { countsLine } from '../matrix.ts';
import { historyView } from './history.ts';
import { type Html, markup } from './html.ts';
import type { PageModel } from './model.ts';

export const VERDICT_ORDER = ['pass', 'fail', 'error', 'missing', 'waived', 'skipped'] as const;

/** Title, what was run, and how much of it holds. */
export function headerView(model: PageModel): Html {
  const { summary } = model.input;
  const facts = factsOf(model).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return markup`<header class="top">
    <h1>${summary.catalog.name}</h1>
    <p class="counts">${countsLine(summary)}</p>
    ${summary.complete ? null : markup`<p class="alarm" role="alert">Incomplete run: this is not a result.</p>`}
    ${barView(summary)}
    <dl class="meta">${facts}</dl>
  </header>`;
}

function factsOf({ input, rows }: PageModel): [string, string][] {
  const { runs, harness, catalog } = input.results;
  const { started, finished } = timesOf(input);
  const engines = runs.map(({ header: { engine } }) => `${engine.name} ${engine.version}`);
  const hosts = runs.map(
    ({ header: { host } }) => `${host.os} ${host.kernel} ${host.architecture}, ${host.cpus} CPUs`,
  );
  const [only] = runs;
  return [
    ['subjects', String(rows.length)],
    ['run', runs.length === 1 && only !== undefined ? only.header.run : `${runs.length} logs`],
    ['from', started],
    ['to', finished],
    ['engine', [...new Set(engines)].slice(0, 3).join('; ')],
    ['host', [...new Set(hosts)].slice(0, 3).join('; ')],
    ['Twinproof', harness],
    ['catalog', `${catalog.digest.slice(0, 19)}…`],
  ];
}

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
export const asideView = (model: PageModel): Html =>
  markup`${historyView(model.input)}${causesView(model)}${exemptionsView(model)}${notesView(model)}`;

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
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

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

/** What an exemption says is in the detail of the cell that it covers. */
function exemptionsView({ rows }: PageModel): Html | null {
  const waived = rows.flatMap(({ cells }) =>
    [...cells.values()].filter(({ verdict }) => verdict === 'waived'),
  );
  if (waived.length === 0) return null;
  const items = waived.slice(0, 200).map((cell) => {
    const exemption = asObject(cell.result?.detail.exemption);
    return markup`<tr>
      <th scope="row">${cell.subject} <small>${cell.claim}</small></th>
      <td>${asText(exemption.reason) || cell.summary}</td>
      <td>${asText(exemption.owner) || '–'}</td>
      <td>${asText(exemption.expires) || '–'}</td>
    </tr>`;
  });
  return markup`<section aria-labelledby="exemptions">
    <h2 id="exemptions">Exemptions</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="exemptions">
      <table class="facts">
        <thead>
          <tr>
            <th scope="col">cell</th>
            <th scope="col">reason</th>
            <th scope="col">owner</th>
            <th scope="col">expires</th>
          </tr>
        </thead>
        <tbody>
          ${items}
        </tbody>
      </table>
    </div>
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
