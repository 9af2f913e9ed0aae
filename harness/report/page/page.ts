import { readBack } from '../escape-xml.ts';
import type { ReportInput } from '../input.ts';
import { dataBlock, documentOf } from './document.ts';
import { type Html, markup } from './html.ts';
import { matrixView } from './matrix-view.ts';
import { type CellLink, type PageModel, type PageRow, pageModel } from './model.ts';
import { asideView, headerView } from './overview.ts';
import { storyOf } from './story.ts';
import { twinsView } from './twins-view.ts';
import type { Format } from '../format.ts';

/** Characters of stories in one file; what goes beyond is reported to be cut. */
const MAX_STORIES = 24_000_000;

const CUT =
  '<p class="cut">This page has reached its size; make a site (--format site) to read this story.</p>';

/** The whole in one file: the matrix, and the story behind each cell. */
export async function htmlPage(input: ReportInput): Promise<string> {
  const model = pageModel(input);
  const data: string[] = [];
  let size = 0;
  for (const [index, row] of model.rows.entries()) {
    const block = dataBlock(`s${index}`, await storiesOf(model, row, size > MAX_STORIES));
    size += block.length;
    data.push(block);
  }
  const link: CellLink = (row, _index, claim) =>
    `#cell=${encodeURIComponent(readBack(`${row.subject} ${claim}`))}`;
  return documentOf(`${model.input.summary.catalog.name}: matrix`, mainView(model, link), { data });
}

/** What `client/page.js` reads: the part that all stories of a subject share, and the stories by claim. */
interface Stories {
  twins: string;
  stories: Record<string, string>;
}

async function storiesOf({ input }: PageModel, row: PageRow, full: boolean): Promise<Stories> {
  const stories: Record<string, string> = {};
  for (const [claim, cell] of row.cells) {
    stories[readBack(claim)] = full ? CUT : (await storyOf(input, cell, TWINS)).text;
  }
  return { twins: full ? '' : twinsView(input, row).text, stories };
}

/** The program of the page fills it with `Stories.twins`. */
const TWINS = markup`<div class="twins"></div>`;

export const mainView = (model: PageModel, link: CellLink): Html =>
  markup`${headerView(model)}
    <main>
      <div>${matrixView(model, link)}</div>
      <aside>${asideView(model, link)}</aside>
    </main>
    <dialog id="story" aria-labelledby="story-title">
      <header>
        <h2 id="story-title" tabindex="-1"></h2>
        <button type="button" id="close" aria-label="Close">✕</button>
      </header>
      <div id="story-body"></div>
    </dialog>
    <footer>
      <p>
        Made by Twinproof from its run logs. <kbd>/</kbd> searches, arrows move in the matrix,
        <kbd>Enter</kbd> opens a cell, <kbd>Esc</kbd> closes it. Δ changed since the run before, ≈ flaky.
      </p>
    </footer>
    <noscript
      ><p class="alarm">
        Filters and stories need scripts; a site (--format site) has its stories on pages that do not.
      </p></noscript
    >`;

export const html: Format = {
  id: 'html',
  file: 'index.html',
  purpose: 'the whole in one file: the matrix with filters, and the story behind each cell',
  make: htmlPage,
};
