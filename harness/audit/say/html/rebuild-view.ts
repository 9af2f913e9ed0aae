import { factsTable } from '../../../report/page/facts-table.ts';
import { type Html, markup } from '../../../report/page/html.ts';
import { limited } from '../../../report/limit.ts';
import type { AuditResult } from '../../result.ts';

type Outcome = AuditResult['rebuilds'][number]['outcome'];
type Built = Extract<Outcome, { kind: 'built' }>;

const MAX_TEXT = 2000;

export const rebuildView = ({ outcome }: AuditResult['rebuilds'][number]): Html =>
  markup`<h3>Rebuild</h3>
    ${outcome.kind === 'built' ? builtView(outcome) : notBuiltView(outcome)}`;

function builtView({ twins, self, published, network, notes }: Built): Html {
  const images = twins.map(
    ({ name, manifest, config }) =>
      markup`<tr><th scope="row">twin ${name}</th><td><code>${config}</code></td><td><code>${manifest}</code></td></tr>`,
  );
  const asked = [...network.refused, ...network.unverified];
  return markup`${factsTable('Rebuilt images', ['rebuild', 'image ID', 'manifest'], images, 'wide')}
    ${comparedView('The twins with each other', self)}
    ${comparedView(`Twin ${published.twin} with what was published`, published)}
    ${notes.length === 0 ? null : listView('Notes', notes)}
    ${asked.length === 0 ? null : listView('Beyond what is locked', asked)}`;
}

function comparedView(title: string, { equal, rung, why }: Built['self']): Html {
  const said = equal ? 'equal' : 'not equal';
  return markup`<p>
      ${title}: <span class="change ${equal ? 'added' : 'removed'}">${said}</span>; the strongest rung is
      <code>${rung}</code>
    </p>
    ${why.length === 0 ? null : listOf(why)}`;
}

function notBuiltView(outcome: Exclude<Outcome, Built>): Html {
  switch (outcome.kind) {
    case 'failed':
      return markup`<p>Twin ${outcome.twin} could not be built.</p>
        <pre>${limited(outcome.message, MAX_TEXT)}</pre>`;
    case 'lacking':
      return listView(
        'Nothing was built. It lacks',
        outcome.lacks.map(({ code, what }) => `${code}: ${what}`),
      );
    case 'rests-on':
      return markup`<p>Nothing was built. ${limited(outcome.why, MAX_TEXT)}</p>`;
    case 'error':
      return markup`<p><code>${outcome.code}</code> ${limited(outcome.message, MAX_TEXT)}</p>`;
  }
}

const listView = (title: string, all: readonly string[]): Html => markup`<p>${title}:</p>${listOf(all)}`;

const listOf = (all: readonly string[]): Html =>
  markup`<ul class="files">
    ${all.map((line) => markup`<li>${limited(line, MAX_TEXT)}</li>`)}
  </ul>`;
