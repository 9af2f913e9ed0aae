import type { CheckedFix } from '../../../harness/report/check-fixes-text.ts';
import type { Row, Score } from './score.ts';

const END = '<!-- end -->';

/** What the part of a page begins with that the command writes. */
export const CAUSES = '<!-- begin: npm run causes -->';
export const FIXES = '<!-- begin: npm run fixes -->';

const named = ({ found, verdict }: Row): string =>
  found.length === 0 ? `(${verdict})` : found.map(({ id, confidence }) => `${id} (${confidence})`).join(', ');

/** The table as Markdown, by expected cause. @param on what it was measured on */
export function tableOf(rows: readonly Row[], score: Score, on: string): string {
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
    `Measured on the ${score.all} images of fixtures/causes.catalog.yaml: ${on}.`,
    '',
    '| expected | image | found | | fixed twin |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

const short = (digest: string | null): string =>
  digest === null ? '-' : digest.replace('sha256:', '').slice(0, 8);

/** What `explain --check-fixes` made of images, as Markdown. */
export function fixesTable(checked: readonly CheckedFix[]): string {
  const became = ({ verdict, made }: CheckedFix): boolean => verdict === 'pass' && made.length > 0;
  const pair = ({ a, b }: CheckedFix['before']): string =>
    a === b ? `${short(a)} (both)` : `${short(a)}, ${short(b)}`;
  const lines = checked.map((one) => {
    const outcome = became(one)
      ? 'equal'
      : one.made.length === 0
        ? 'no fix could be made'
        : `differs: ${one.left.join(', ')}`;
    const name = one.subject.replace(/\/.*/, '');
    return `| ${[name, one.made.length, pair(one.before), pair(one.after), outcome].join(' | ')} |`;
  });
  return [
    `${checked.filter(became).length} of ${checked.length} images became reproducible by fixes that the command made itself.`,
    '',
    '| image | fixes made | image IDs before | image IDs after | twins |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/** A page with the part between the marks replaced. */
export function withTable(page: string, begin: string, table: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(END, from);
  if (from < 0 || to < from) throw new Error(`the page has lost its marks: ${begin}`);
  return `${page.slice(0, from)}${begin}\n\n${table}\n\n${page.slice(to)}`;
}
