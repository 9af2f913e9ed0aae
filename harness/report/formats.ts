import { markdownTable } from '../docs/table.ts';
import { Registry } from '../model/registry.ts';
import type { Format } from './format.ts';
import { badge, badgeJson } from './formats/badge.ts';
import { comment, githubSummary } from './formats/comment.ts';
import { ctrf } from './formats/ctrf.ts';
import { github } from './formats/github.ts';
import { junit } from './formats/junit.ts';
import { konflux } from './formats/konflux.ts';
import { openmetrics } from './formats/openmetrics.ts';
import { sarif } from './formats/sarif.ts';
import { tap } from './formats/tap.ts';
import type { ReportInput } from './input.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { html } from './page/page.ts';
import { site } from './page/site.ts';
import { terminal } from './terminal.ts';

/** In the order in which they are listed. The choices of `--format`, the files and the table in docs/reports.md follow. */
export const FORMATS = new Registry<Format>([
  terminal,
  json,
  markdown,
  comment,
  githubSummary,
  github,
  junit,
  sarif,
  ctrf,
  tap,
  openmetrics,
  badge,
  badgeJson,
  html,
  site,
  konflux,
]);

/** Whether one of the formats tells what only the evidence says. */
export const wantEvidence = (formats: readonly Format[]): boolean =>
  formats.some(({ logOnly }) => logOnly !== true);

/** All files of the formats, by path relative to the folder they go to. */
export async function reportFiles(
  input: ReportInput,
  formats: Iterable<Format>,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { id, file, make } of new Set(formats)) {
    const made = await make(input);
    if (typeof made === 'string') files.set(file ?? id, made);
    else for (const [name, text] of made) files.set(name, text);
  }
  return files;
}

/** The table of docs/reports.md. */
export const formatsTable = (formats: Iterable<Format>): string =>
  markdownTable(
    ['format', 'file in a folder', 'for'],
    [...formats].map(({ id, file, files, purpose }) => [
      `\`${id}\``,
      file === null ? (files ?? 'several files') : `\`${file}\``,
      purpose,
    ]),
  );
