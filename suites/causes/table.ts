import type { Row, Score } from './score.ts';

const BEGIN = '<!-- begin: npm run causes -->';
const END = '<!-- end -->';

const named = ({ found, verdict }: Row): string =>
  found.length === 0 ? `(${verdict})` : found.map(({ id, confidence }) => `${id} (${confidence})`).join(', ');

/** The table as Markdown, by expected cause. */
export function tableOf(rows: readonly Row[], score: Score): string {
  const sorted = rows.toSorted((a, b) =>
    a.expected.join() + a.image < b.expected.join() + b.image ? -1 : 1,
  );
  const lines = sorted.map((row) => {
    const cells = [row.expected.join(', '), row.image, named(row), row.right ? 'right' : 'wrong', row.fixed];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `${score.right} of ${score.all} images get exactly the expected ids; ${score.wrong} wrong labels are called \`proven\` or ` +
      `\`exact\`; ${score.clean} of ${score.all} fixed twins are equal.`,
    '',
    '| expected | image | found | | fixed twin |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/** A page with the part between the marks replaced. */
export function withTable(page: string, table: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/causes.md has lost its marks');
  return `${page.slice(0, from)}${BEGIN}\n\n${table}\n\n${page.slice(to)}`;
}
