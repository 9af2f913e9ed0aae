import { compareResults } from '../../gate/compare.ts';
import { cellId } from '../../record/reader.ts';
import { type ReportInput, type ToldCell, toldCells } from '../input.ts';

/** A cell of the page. */
export interface PageCell extends ToldCell {
  /** Since the last run before, if there was one and anything changed; see `gate/compare.ts`. */
  change: string | null;
  flaky: boolean;
  /** Verdicts in the earlier runs, oldest first; null where they did not ask. */
  before: (string | null)[];
}

export interface PageRow {
  subject: string;
  image: string;
  variant: string;
  platform: string;
  /** By claim. */
  cells: Map<string, PageCell>;
}

/** One of the tables of the page. */
export interface PageTable {
  title: string;
  claims: string[];
  rows: PageRow[];
}

export interface PageModel {
  input: ReportInput;
  claims: string[];
  /** All subjects. */
  rows: PageRow[];
  /** What is claimed of images, and what is claimed of systems that run; neither is empty. */
  tables: PageTable[];
  /** That of all subjects; null where there are several. */
  platform: string | null;
}

/** Where a cell's story is: an anchor of this page, or a page of its own. */
export type CellLink = (row: PageRow, index: number, claim: string) => string;

/** What the page shows, before it is HTML. */
export function pageModel(input: ReportInput): PageModel {
  const last = input.history.at(-1);
  const changes = new Map(
    (last === undefined ? [] : compareResults(input.results, last, input.claims)).map((change) => [
      cellId(change),
      change,
    ]),
  );
  const cells = toldCells(input).map((cell): PageCell => {
    const change = changes.get(cellId(cell));
    const same = change === undefined || ['same', 'still'].includes(change.change);
    return {
      ...cell,
      change: same ? null : change.change,
      flaky: change?.flaky ?? false,
      before: input.history.map((results) => results.cells.get(cellId(cell))?.verdict ?? null),
    };
  });
  const rows = [...Map.groupBy(cells, ({ subject }) => subject)].map(([subject, own]): PageRow => {
    const [name, platform] = splitLast(subject, '@');
    const [image, variant] = splitLast(name, '/');
    return { subject, image, variant, platform, cells: new Map(own.map((cell) => [cell.claim, cell])) };
  });
  const [platform = '', ...others] = new Set(rows.map((row) => row.platform));
  const { claims } = input.summary;
  return {
    input,
    claims,
    rows,
    tables: tablesOf(input, rows),
    platform: others.length === 0 ? platform : null,
  };
}

/** Few subjects are operating systems, and what is claimed of them only would leave most of one table empty. */
function tablesOf({ claims, summary }: ReportInput, rows: PageRow[]): PageTable[] {
  const ofSystem = (claim: string): boolean => claims.find(claim)?.scenario !== undefined;
  const part = (title: string, own: string[]): PageTable => ({
    title,
    claims: own,
    rows: rows.filter(({ cells }) => own.some((claim) => cells.has(claim))),
  });
  const parts = [
    part(
      'Images',
      summary.claims.filter((claim) => !ofSystem(claim)),
    ),
    part('Operating systems', summary.claims.filter(ofSystem)),
  ];
  return parts.filter((one) => one.rows.length > 0);
}

function splitLast(text: string, mark: string): [string, string] {
  const at = text.lastIndexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
