import { type Html, markup } from './html.ts';
import type { CellLink, PageCell, PageModel, PageRow, PageTable } from './model.ts';
import { VERDICT_ORDER, causesRanked } from './overview.ts';

/** Not colour alone: each verdict has a sign and a word. */
const SIGNS: Record<string, string> = {
  pass: '✓',
  fail: '✗',
  error: '!',
  missing: '?',
  waived: '~',
  skipped: '–',
};

/** Columns that fit with their names written across; of more, the names are written upwards. */
const MANY = 8;

export function matrixView(model: PageModel, link: CellLink): Html {
  return markup`${filtersView(model)}
    <div id="matrix">
      ${model.tables.map((table) => tableView(table, model, link))}
      <p id="none" hidden>
        Nothing fits these filters. <button type="button" id="clear">Show everything</button>
      </p>
    </div>`;
}

function tableView({ title, claims, rows }: PageTable, model: PageModel, link: CellLink): Html {
  const { platform, tables } = model;
  const places = new Map(model.rows.map((row, index) => [row, index]));
  const heads = claims.map((claim) => markup`<th scope="col"><span>${claim}</span></th>`);
  const body = rows.map((row) => {
    const index = places.get(row) ?? 0;
    return rowView(row, { claims, platform, index }, (claim) => link(row, index, claim));
  });
  const many = claims.length > MANY ? ' many' : '';
  return markup`<section class="part">
    ${tables.length < 2 ? null : markup`<h2>${title}</h2>`}
    <div class="matrix" tabindex="-1">
      <table class="cells${many}" aria-describedby="shown">
        <caption class="hidden">
          ${title} down, claims across
        </caption>
        <thead>
          <tr>
            <th scope="col">subject</th>
            ${heads}
          </tr>
        </thead>
        <tbody>
          ${body}
        </tbody>
      </table>
    </div>
  </section>`;
}

function rowView(
  row: PageRow,
  { claims, platform: only, index }: Pick<PageModel, 'claims' | 'platform'> & { index: number },
  hrefOf: (claim: string) => string,
): Html {
  const cells = claims.map((claim) => {
    const cell = row.cells.get(claim);
    return cell === undefined ? markup`<td></td>` : cellView(cell, hrefOf(claim));
  });
  const { image, variant, platform } = row;
  const short = variant === 'default' || variant === '' ? image : `${image}/${variant}`;
  return markup`<tr data-i="${image}" data-n="${variant}" data-p="${platform}" data-s="${index}">
    <th scope="row" title="${row.subject}">${short}${only === null ? markup` <small>${platform}</small>` : null}</th>
    ${cells}
  </tr> `;
}

function cellView(cell: PageCell, href: string): Html {
  const causes = cell.causes.map(({ id }) => id).join(' ');
  const marks = `${cell.change === null ? '' : ' Δ'}${cell.flaky ? ' ≈' : ''}`;
  const reported = cell.change === null ? '' : ` (${cell.change} since the run before)`;
  return markup`<td
    class="v-${cell.verdict}"
    ${causes === '' ? null : markup` data-c="${causes}"`}${cell.change === null ? null : markup` data-d="${cell.change}"`}
  >
    <a href="${href}" ${cell.verdict === 'pass' ? null : markup` title="${cell.summary.slice(0, 300)}${reported}"`}
      ><b aria-hidden="true">${SIGNS[cell.verdict] ?? '?'}</b>${cell.verdict}${marks}</a
    >
  </td>`;
}

function filtersView(model: PageModel): Html {
  const { rows, claims, input } = model;
  const distinct = (values: string[]): string[] =>
    [...new Set(values)].filter((value) => value !== '').sort();
  const { counts, missing } = input.summary;
  const chips = VERDICT_ORDER.flatMap((verdict) => {
    const count = verdict === 'missing' ? missing.length : counts[verdict];
    if (count === 0) return [];
    return markup`<label class="chip v-${verdict}"
        ><input type="checkbox" name="verdict" value="${verdict}" />${verdict} <small>${count}</small></label
      >`;
  });
  return markup`<form id="filters" role="search" aria-label="Filter the matrix">
    <input
      type="search"
      name="q"
      placeholder="Search subjects, causes …"
      aria-label="Search"
      autocomplete="off"
      spellcheck="false"
    />
    <fieldset class="chips">
      <legend class="hidden">Verdicts</legend>
      ${chips}
    </fieldset>
    ${select('image', distinct(rows.map(({ image }) => image)))}${select('variant', distinct(rows.map(({ variant }) => variant)))}${select('platform', distinct(rows.map(({ platform }) => platform)))}${select('claim', [...claims])}${select(
      'cause',
      causesRanked(model).map(([id]) => id),
    )}${input.history.length === 0 ? null : markup`<label class="chip"><input type="checkbox" name="changed" value="1" />changed since last run</label>`}<button
      type="reset"
    >
      Reset</button
    ><output id="shown" aria-live="polite"></output>
  </form>`;
}

function select(name: string, values: readonly string[]): Html | null {
  if (values.length < 2 && name !== 'cause') return null;
  if (values.length === 0) return null;
  return markup`<label class="select"
    ><span class="hidden">${name}</span
    ><select name="${name}">
      <option value="">any ${name}</option>
      ${values.map((value) => markup`<option value="${value}">${value}</option>`)}
    </select></label
  >`;
}
