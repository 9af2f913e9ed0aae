import { escapeText } from '../escape.ts';
import { type ReportInput, type ToldCell, toldCells } from '../input.ts';
import { limited } from '../limit.ts';
import { type CellFinding, cellFindings } from '../cell-findings.ts';
import type { SourcePlace } from '../place.ts';
import { storyLines } from '../story-text.ts';
import { sha256Hex } from '../../model/digest.ts';
import type { Format } from '../format.ts';

/** GitHub reads at most 25,000 results a run, and shows the first 5,000. */
const MAX_RESULTS = 25_000;

/**
 * SARIF 2.1.0: one result for each cell that does not hold, at the line of the Containerfile that is to blame; for each
 * vulnerability, and each finding of `minimal`, a result of its own.
 */
export function sarifReport(input: ReportInput): string {
  const cells = toldCells(input).filter(({ verdict }) =>
    ['fail', 'error', 'missing', 'waived'].includes(verdict),
  );
  const items = cells.flatMap(itemsOf);
  const shown = items.slice(0, MAX_RESULTS);
  const rules = [...new Set(shown.map(ruleId))].sort();
  const results = shown.map((item) => result(item, rules));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Twinproof',
            semanticVersion: semantic(input.results.harness),
            rules: rules.map((id) => ({ id, shortDescription: { text: describe(id) } })),
          },
        },
        invocations: [{ executionSuccessful: input.summary.complete }],
        columnKind: 'utf16CodeUnits',
        results,
        properties: { dropped: items.length - results.length },
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const semantic = (version: string): string => (/^\d+\.\d+\.\d+/.test(version) ? version : `0.0.0+${version}`);

/** A cell, or one of the findings for which it fails. */
interface Item {
  cell: ToldCell;
  finding: CellFinding | null;
}

function itemsOf(cell: ToldCell): Item[] {
  const findings = cellFindings(cell);
  return findings.length === 0 ? [{ cell, finding: null }] : findings.map((finding) => ({ cell, finding }));
}

/** What goes wrong: the cause where it is known, else the claim that does not hold, else what kept it from being checked. */
function ruleId({ cell, finding }: Item): string {
  if (finding !== null) return escapeText(`${cell.claim}/${finding.kind}`);
  const error = cell.result?.error?.code ?? (cell.verdict === 'missing' ? 'missing' : undefined);
  return escapeText(error ?? `${cell.claim}/${cell.causes[0]?.id ?? 'fails'}`);
}

function describe(id: string): string {
  const [claim, cause] = id.split('/');
  if (cause === undefined) return `could not be checked: ${id}`;
  return cause === 'fails'
    ? `the claim "${claim ?? ''}" does not hold`
    : `"${claim ?? ''}" does not hold because of ${cause}`;
}

const LEVELS: Record<string, string> = { negligible: 'note', low: 'note', medium: 'warning' };

function result(item: Item, rules: readonly string[]): object {
  const { cell, finding } = item;
  const { place, verdict } = cell;
  const id = ruleId(item);
  const lines = finding === null ? storyLines(cell) : [finding.text];
  return {
    ruleId: id,
    ruleIndex: rules.indexOf(id),
    level: verdict === 'waived' ? 'note' : (LEVELS[finding?.severity ?? ''] ?? 'error'),
    message: {
      text: limited([`${cell.subject} ${cell.claim}`, ...lines].map(escapeText).join('\n'), 8000),
    },
    locations: [
      {
        ...(place === null ? {} : { physicalLocation: physical(place) }),
        logicalLocations: [{ fullyQualifiedName: escapeText(`${cell.subject} ${cell.claim}`) }],
      },
    ],
    partialFingerprints: { 'twinproof/cell/v1': fingerprint(item, id) },
    ...(verdict === 'waived'
      ? { suppressions: [{ kind: 'external', justification: limited(escapeText(cell.summary), 1000) }] }
      : {}),
  };
}

const physical = ({ file, line }: SourcePlace): object => ({
  artifactLocation: {
    uri: file
      .split('/')
      .map((part) => encodeURIComponent(part.toWellFormed()))
      .join('/'),
    uriBaseId: '%SRCROOT%',
  },
  // A viewer shows nothing without a line.
  region: { startLine: line ?? 1 },
});

const fingerprint = ({ cell, finding }: Item, id: string): string =>
  sha256Hex(JSON.stringify([cell.subject, cell.claim, id, ...(finding === null ? [] : [finding.place])]));

export const sarif: Format = {
  id: 'sarif',
  file: 'report.sarif',
  purpose: 'code scanning: one result a failure, vulnerability and finding, at the Containerfile',
  make: sarifReport,
};
