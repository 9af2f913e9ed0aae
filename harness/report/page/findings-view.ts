import type { ReportInput } from '../input.ts';
import { limited } from '../limit.ts';
import { factsTable } from './facts-table.ts';
import { type Html, markup } from './html.ts';
import type { PageCell } from './model.ts';

const MOST_ROWS = 200;
const DAY = 24 * 60 * 60 * 1000;

type Entry = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? limited(value, 200) : '');

/** Vulnerabilities of a cell, with the fix and how long each has been public when the run began; null for other cells. */
export function findingsView({ results }: ReportInput, { claim, result }: PageCell): Html | null {
  const list = claim === 'vulnerabilities' ? result?.detail.vulnerabilities : null;
  if (!Array.isArray(list) || list.length === 0) return null;
  const asked = text(result?.detail.asOf) || (results.runs.at(-1)?.header.started ?? '');
  const rows = list
    .flatMap((entry) =>
      typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? [rowOf(entry, asked)] : [],
    )
    .slice(0, MOST_ROWS);
  const more = list.length - rows.length;
  return markup`<h3>Vulnerabilities</h3>
    ${factsTable('Vulnerabilities', ['id', 'package', 'severity', 'fixed in', 'public for'], rows, 'wide')}
    ${more > 0 ? markup`<p class="cut">${more} more are in the run's log.</p>` : null}`;
}

function rowOf(
  { id, package: name, version, severity, fixedIn, hasFix, published }: Entry,
  asked: string,
): Html {
  const fix = text(fixedIn) || (hasFix === true ? 'has a fix' : 'no fix');
  return markup`<tr>
    <th scope="row"><code>${text(id)}</code></th>
    <td>${text(name)} ${text(version)}</td>
    <td>${text(severity)}</td>
    <td>${fix}</td>
    <td>${ageText(text(published), asked)}</td>
  </tr>`;
}

function ageText(published: string, asked: string): string {
  const days = Math.floor((Date.parse(asked) - Date.parse(published)) / DAY);
  return Number.isNaN(days) || days < 0 ? 'unknown' : days === 1 ? '1 day' : `${days} days`;
}
