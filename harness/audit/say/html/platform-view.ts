import { factsTable } from '../../../report/page/facts-table.ts';
import { type Html, markup } from '../../../report/page/html.ts';
import { limited } from '../../../report/limit.ts';
import { originText } from '../../read/origin-text.ts';
import type { AuditResult } from '../../result.ts';
import { rebuildView } from './rebuild-view.ts';

type Recipe = AuditResult['recipes'][number];

const MAX_TEXT = 2000;

/** One platform: how it was made, by whose word, and what rebuilding it came to. */
export function platformView(
  { recipes, rebuilds }: AuditResult,
  { platform, digest, config }: AuditResult['image']['platforms'][number],
): Html {
  const recipe = recipes.find((one) => one.digest === digest);
  const rebuild = rebuilds.find((one) => one.digest === digest);
  return markup`<section class="story">
    <h2>${platform}</h2>
    <dl class="meta">
      <div><dt>manifest</dt><dd>${digest}</dd></div>
      <div><dt>image ID</dt><dd>${config}</dd></div>
    </dl>
    ${rebuild === undefined ? null : rebuildView(rebuild)}
    ${recipe === undefined ? null : recipeView(recipe, platform)}
  </section>`;
}

function recipeView({ form, from, verified, readings, missing }: Recipe, platform: string): Html {
  const source =
    form === null ? 'labels alone' : `${form}, ${from ?? ''}${verified ? '' : ', which nobody signed'}`;
  const lacking = missing.map(
    ({ code, what }) => markup`<li><code>${code}</code> ${limited(what, MAX_TEXT)}</li>`,
  );
  return markup`<h3>How it was made <small>${source}</small></h3>
    ${lacking.length === 0 ? null : markup`<p>A rebuild lacks:</p><ul class="files">${lacking}</ul>`}
    ${factsTable(`How ${platform} was made`, ['what', 'value', 'said by'], readings.map(readingRow), 'wide')}`;
}

function readingRow({ field, value, from, contradictedBy }: Recipe['readings'][number]): Html {
  const against = contradictedBy.map(
    (other) =>
      markup`<br /><span class="change removed">${limited(valueText(other.value), MAX_TEXT)}</span> by ${originText(other.from)}`,
  );
  return markup`<tr>
    <th scope="row">${field}</th>
    <td>${limited(valueText(value), MAX_TEXT)}${against}</td>
    <td>${originText(from)}</td>
  </tr>`;
}

const valueText = (value: string | string[]): string => (Array.isArray(value) ? value.join(' ') : value);
