import type { EntryDiff } from '../../compare/types.ts';
import type { CellResult } from '../../record/events.ts';
import { causePage } from '../../explain/docs.ts';
import { CAUSES } from '../../explain/registry.ts';
import { asText } from '../causes.ts';
import type { ReportInput } from '../input.ts';
import { limited } from '../limit.ts';
import { verdictStrip } from './charts.ts';
import { instructionsOf, readDiff } from './diff-evidence.ts';
import { documentsView, entriesView } from './diff-view.ts';
import { MAX_RECIPE, readEvidence } from './evidence.ts';
import { blamedIn } from './blamed.ts';
import { type Html, NEWLINE, lines, markup } from './html.ts';
import type { PageCell } from './model.ts';
import { filesView } from './files-view.ts';
import { findingsView } from './findings-view.ts';
import { machineView } from './machine-view.ts';
import { metaView } from './twins-view.ts';

const MAX_DETAIL = 4_000;

/**
 * What is behind one cell, as HTML. Reads evidence of cells that do not hold.
 * @param slot where what all cells of its subject have in common is to be shown
 */
export async function storyOf(input: ReportInput, cell: PageCell, slot: Html | null): Promise<Html> {
  const { result } = cell;
  const folder = input.results.folders.get(cell.subject) ?? '';
  const open = cell.verdict === 'fail' || cell.verdict === 'waived' || cell.verdict === 'error';
  const read = result === null || !open ? null : await readDiff(folder, result);
  const diff = read !== null && 'diff' in read ? read.diff : null;
  const files = result === null ? null : await filesView(input, folder, result);
  // Of a build that failed, its log is the story.
  const failed = cell.verdict === 'error';
  return markup`${verdictView(cell)}${rungsView(cell)}${findingsView(input, cell)}${causesView(cell)}${failed ? files : null}
    ${read !== null && 'fault' in read ? markup`<p class="alarm">${read.fault}</p>` : null}
    ${diff === null ? null : markup`${entriesView(diff)}${documentsView(diff)}`}
    ${open ? await recipeView(input, folder, cell, diff?.entries ?? []) : null}
    ${result === null ? null : machineView(result)}${repeatView(cell)}
    ${slot}
    ${failed ? null : files}
    ${detailView(result)}`;
}

function verdictView(cell: PageCell): Html {
  const { result, verdict, before, flaky } = cell;
  const error = result?.error;
  const runs = before.length + 1;
  return markup`<p class="verdict">
      <span class="pill v-${verdict}">${verdict}</span>
      ${error === undefined ? null : markup`<code>${error.code}</code>`} ${limited(cell.summary, 2000)}
    </p>
    ${[error?.hint, result?.fix].map((hint) => (hint === undefined ? null : markup`<p class="hint">${hint}</p>`))}
    ${before.length === 0 ? null : markup`<p class="past">${verdictStrip([...before, verdict])} ${runs} runs${flaky ? ', flaky: the same inputs gave another verdict' : ''}</p>`}`;
}

const repeatView = ({ repeat }: PageCell): Html | null =>
  repeat === null
    ? null
    : markup`<h3>Repeat it here</h3>
        <pre tabindex="0" aria-label="Command"><code>${repeat}</code></pre>`;

/** How sure it is, where there is something to be sure of, and of how much. */
const sureness = (id: string, confidence: string, count: number): string =>
  [
    ...(id === 'unknown' || confidence === '' ? [] : [confidence]),
    ...(count > 1 ? [`${count} places`] : []),
  ].join(', ');

function causesView({ causes }: PageCell): Html | null {
  if (causes.length === 0) return null;
  const items = causes.slice(0, 20).map(
    ({ id, confidence, evidence, fix, paths, count }) =>
      markup`<li class="cause">
        <p>
          <span class="tag">${id}</span> <small>${sureness(id, confidence, count)}</small>
        </p>
        ${aboutView(id)}
        ${evidence === '' ? null : markup`<p>${limited(evidence, 500)}</p>`}${paths.length === 0 ? null : markup`<p class="paths">${paths.slice(0, 5).map((path) => markup`<code>${limited(path, 200)}</code> `)}${count > 5 ? `and ${count - 5} more` : ''}</p>`}${
          fix === ''
            ? null
            : markup`<p class="label">Fix</p>
                <pre tabindex="0" aria-label="Fix for ${id}"><code>${lines(limited(fix, 1500))}</code></pre>`
        }
      </li>`,
  );
  return markup`<h3>Why</h3>
    <ul class="plain">
      ${items}
    </ul>
    ${causes.length > 20 ? markup`<p class="cut">${causes.length - 20} more causes are in the evidence.</p>` : null}`;
}

/** What a cause of ours stands for, and where more is said of it: a page that is by itself can lead nowhere. */
function aboutView(id: string): Html | null {
  const covers = CAUSES.find(id)?.covers;
  if (covers === undefined) return null;
  return markup`<p>${covers.replaceAll('`', '')} (<code>${causePage(id)}</code>)</p>`;
}

/** What was asked of the twins, and what they came to. */
function rungsView({ result }: PageCell): Html | null {
  const detail = result?.detail ?? {};
  const said = (name: string): string | null => (typeof detail[name] === 'string' ? detail[name] : null);
  const normalised = Array.isArray(detail.normalised)
    ? detail.normalised.map(asText).join(', ') || 'nothing'
    : null;
  return metaView([
    ['asked for', said('asked')],
    ['first rung that holds', said('rung')],
    ['normalised', normalised],
  ]);
}

/** The Containerfile, with the instruction marked that made what differs. */
async function recipeView(
  input: ReportInput,
  folder: string,
  { subject }: PageCell,
  entries: readonly EntryDiff[],
): Promise<Html | null> {
  const recipe = input.results.twins.get(subject)?.recipe;
  if (recipe === undefined) return null;
  const read = await readEvidence(folder, recipe.text, { limit: MAX_RECIPE });
  if ('fault' in read)
    return markup`<h3>Containerfile</h3>
      <p class="alarm">${read.fault}</p>`;
  const blamed = blamedIn(
    read.text,
    instructionsOf(entries),
    entries.map(({ path }) => path),
  );
  const shown = read.text.split('\n').slice(0, 400);
  const rows = shown.map((line, index) => {
    const marked = blamed !== null && index + 1 >= blamed.first && index + 1 <= blamed.last;
    const text = markup`<span class="no" aria-hidden="true">${`${String(index + 1).padStart(4)}  `}</span
      >${lines(limited(line, 2000))}${NEWLINE}`;
    return marked ? markup`<mark>${text}</mark>` : text;
  });
  return markup`<h3>
      Containerfile <small>${recipe.path}${blamed === null ? '' : `, made in line ${blamed.first}`}</small>
    </h3>
    <pre class="recipe" tabindex="0" aria-label="Containerfile">${rows}</pre>`;
}

function detailView(result: CellResult | null): Html | null {
  if (result === null || Object.keys(result.detail).length === 0) return null;
  const text = JSON.stringify(result.detail, null, 2);
  const files = result.evidence.map(
    ({ name, digest, size }) => markup`<li>${name}: <code>${digest}</code>, ${size} bytes</li>`,
  );
  return markup`<details>
    <summary>What the claim recorded</summary>
    <pre tabindex="0" aria-label="Detail">${lines(limited(text, MAX_DETAIL))}</pre>
    ${
      files.length === 0
        ? null
        : markup`<p>Evidence</p>
            <ul class="files">
              ${files}
            </ul>`
    }
  </details>`;
}
