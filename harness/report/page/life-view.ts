import { limited } from '../limit.ts';
import { factsTable } from './facts-table.ts';
import { durationText } from './history.ts';
import { type Html, markup } from './html.ts';
import { type Event, type Lane, lanesOf, lifeOf, stepOf } from './life.ts';
import type { PageRow } from './model.ts';

const WIDTH = 1000;
const LEFT = 30;
/** Room for the last mark's time, which begins at the mark. */
const RIGHT = 75;
const LANE = 22;
const TOP = 16;
const MAX_LANES = 60;
const MAX_LINES = 300;

/** The whole life of a subject's machines on one timeline; nothing for a subject that was never started. */
export function lifeView(row: PageRow): Html | null {
  const events = lifeOf(row);
  const end = events.at(-1)?.at ?? 0;
  if (end === 0) return null;
  const all = lanesOf(events, end);
  const lanes = all.slice(0, MAX_LANES);
  const height = TOP + lanes.length * LANE + 18;
  const x = (at: number): string => (LEFT + (at / end) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  return markup`<h3>Life of its machines</h3>
    <figure class="life">
      <svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${summaryOf(events, all)}">
        ${axisView(end, { x, height })}
        ${lanes.map((lane, index) => laneView(lane, { x, y: TOP + index * LANE }))}
      </svg>
      <figcaption>
        <ul class="legend">
          <li><i class="sq life-boots"></i> starts</li>
          <li><i class="sq life-runs"></i> runs</li>
          <li><i class="sq life-hangs"></i> did not come up</li>
          <li><i class="sq life-offered"></i> is offered a release</li>
          <li><i class="sq life-other"></i> rewound or ended</li>
        </ul>
      </figcaption>
    </figure>
    ${all.length > lanes.length ? markup`<p class="cut">${all.length - lanes.length} more machines are in the log.</p>` : null}
    ${linesView(events)}`;
}

const summaryOf = (events: readonly Event[], lanes: readonly Lane[]): string => {
  const starts = events.filter(({ what }) => what === 'started').length;
  const offers = events.filter(({ what }) => what === 'offered').length;
  return `machines: ${lanes.length}, starts: ${starts}, releases offered: ${offers}; the table below has all of it`;
};

function axisView(end: number, { x, height }: { x: (at: number) => string; height: number }): Html[] {
  const step = stepOf(end);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => {
    const at = index * step;
    return markup`<line class="tick" x1="${x(at)}" x2="${x(at)}" y1="${TOP - 4}" y2="${height - 16}" />
      <text class="tick" x="${x(at)}" y="${height - 4}">${durationText(at)}</text>`;
  });
}

function laneView(
  { machine, stretches, moments }: Lane,
  { x, y }: { x: (at: number) => string; y: number },
): Html {
  const width = (from: number, to: number): string => Math.max(1, Number(x(to)) - Number(x(from))).toFixed(1);
  return markup`<text class="tick lane" x="0" y="${y + 12}">${machine}</text>
    ${stretches.map(({ kind, from, to }) => markup`<rect class="life-${kind}" x="${x(from)}" y="${y}" width="${width(from, to)}" height="${LANE - 8}" />`)}
    ${moments.map((event) => markup`<circle class="${event.what === 'offered' ? 'life-offered' : 'life-other'}" cx="${x(event.at)}" cy="${y + (LANE - 8) / 2}" r="4"><title>${lineOf(event)}</title></circle>`)}`;
}

const lineOf = ({ at, claim, what, text }: Event): string =>
  limited(`${durationText(at)}: ${what}${text === '' ? '' : `: ${text}`} (${claim})`, 200);

function linesView(events: readonly Event[]): Html {
  const rows = events.slice(0, MAX_LINES).map(
    ({ at, machine, claim, what, text }) =>
      markup`<tr>
        <th scope="row">${durationText(at)}</th>
        <td>${machine}</td>
        <td>${limited(claim, 40)}</td>
        <td>${limited(what, 40)}</td>
        <td>${limited(text, 200)}</td>
      </tr>`,
  );
  return markup`<details>
    <summary>All that happened</summary>
    ${factsTable('All that happened', ['after', 'machine', 'claim', 'what', 'of it'], rows)}
    ${events.length > rows.length ? markup`<p class="cut">${events.length - rows.length} more are in the log.</p>` : null}
  </details>`;
}
