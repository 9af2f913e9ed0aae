import { badgeEndpoint, badgeImage } from './formats/badge.ts';
import { commentReport, jobSummaryReport } from './formats/comment.ts';
import { ctrfReport } from './formats/ctrf.ts';
import { githubReport } from './formats/github.ts';
import { junitReport } from './formats/junit.ts';
import { konfluxResults } from './formats/konflux.ts';
import { openmetricsReport } from './formats/openmetrics.ts';
import { sarifReport } from './formats/sarif.ts';
import { tapReport } from './formats/tap.ts';
import type { ReportInput } from './input.ts';
import { jsonReport } from './json.ts';
import { markdownReport } from './markdown.ts';
import { htmlPage } from './page/page.ts';
import { htmlSite } from './page/site.ts';
import { terminalReport } from './terminal.ts';

/** One way to write results down. */
interface Format {
  /** Name of its file in a folder with other reports; null when it is a folder of files by itself. */
  file: string | null;
  /** Text, or texts by file name. */
  make: (input: ReportInput) => string | Map<string, string> | Promise<string | Map<string, string>>;
  /** Tells of no causes, so that no evidence has to be read for it. */
  logOnly?: true;
}

export const FORMATS = {
  terminal: {
    file: 'report.txt',
    make: ({ summary }) => terminalReport(summary, { color: false }),
    logOnly: true,
  },
  json: { file: 'summary.json', make: ({ summary }) => jsonReport(summary), logOnly: true },
  markdown: { file: 'matrix.md', make: markdownReport, logOnly: true },
  comment: { file: 'comment.md', make: commentReport },
  'github-summary': { file: 'github-summary.md', make: jobSummaryReport },
  github: { file: 'github.txt', make: githubReport },
  junit: { file: 'junit.xml', make: junitReport },
  sarif: { file: 'report.sarif', make: sarifReport },
  ctrf: { file: 'ctrf.json', make: ctrfReport },
  tap: { file: 'report.tap', make: tapReport },
  openmetrics: { file: 'metrics.txt', make: openmetricsReport, logOnly: true },
  badge: { file: 'badge.svg', make: badgeImage, logOnly: true },
  'badge-json': { file: 'badge.json', make: badgeEndpoint, logOnly: true },
  html: { file: 'index.html', make: htmlPage },
  site: { file: null, make: htmlSite },
  konflux: { file: null, make: konfluxResults },
} satisfies Record<string, Format>;

export type FormatId = keyof typeof FORMATS;

/** Whether one of the formats tells what only the evidence says. */
export const wantEvidence = (ids: readonly FormatId[]): boolean =>
  ids.some((id) => (FORMATS[id] as Format).logOnly !== true);

/** All files of the formats asked for, by path relative to the folder they go to. */
export async function reportFiles(
  input: ReportInput,
  ids: readonly FormatId[],
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const id of new Set(ids)) {
    const { file, make }: Format = FORMATS[id];
    const made = await make(input);
    if (typeof made === 'string') files.set(file ?? id, made);
    else for (const [name, text] of made) files.set(name, text);
  }
  return files;
}
