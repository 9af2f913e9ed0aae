import type { ReportInput } from '../input.ts';
import { documentOf } from './document.ts';
import { type Html, markup } from './html.ts';
import { type CellLink, type PageModel, type PageRow, pageModel } from './model.ts';
import { mainView } from './page.ts';
import { storyOf } from './story.ts';
import { twinsView } from './twins-view.ts';
import type { Format } from '../format.ts';

/** For large catalogs: the matrix, and a page for each subject that needs no program to be read. */
export async function htmlSite(input: ReportInput): Promise<Map<string, string>> {
  const model = pageModel(input);
  const name = model.input.summary.catalog.name;
  const link: CellLink = (_row, index, claim) => `${pageName(index)}#${anchor(model, claim)}`;
  const files = new Map([['index.html', await documentOf(`${name}: matrix`, mainView(model, link))]]);
  for (const [index, row] of model.rows.entries()) {
    files.set(pageName(index), await documentOf(`${row.subject}: ${name}`, await subjectView(model, row)));
  }
  return files;
}

/** Names of subjects may hold anything; a number is a file name everywhere. */
const pageName = (index: number): string => `subject-${index + 1}.html`;

const anchor = ({ claims }: PageModel, claim: string): string => `claim-${claims.indexOf(claim) + 1}`;

async function subjectView(model: PageModel, row: PageRow): Promise<Html> {
  const sections: Html[] = [];
  for (const [claim, cell] of row.cells) {
    const story = await storyOf(model.input, cell, null);
    sections.push(
      markup`<section class="story" id="${anchor(model, claim)}">
        <h2>${claim}</h2>
        ${story}
      </section>`,
    );
  }
  return markup`<header class="top">
      <p class="eyebrow"><a href="index.html">Twinproof matrix: ${model.input.summary.catalog.name}</a></p>
      <h1>${row.subject}</h1>
    </header>
    <main class="subject">
      ${sections}
      <section class="story">${twinsView(model.input, row)}</section>
    </main>`;
}

export const site: Format = {
  id: 'site',
  file: null,
  files: 'many files',
  purpose: 'the same for large catalogs: the matrix, and a page a subject that reads without scripts',
  make: htmlSite,
};
