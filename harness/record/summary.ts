import { publishedSchema } from '../model/json-schema.ts';
import { z } from 'zod';
import { leastDepth } from './depth.ts';
import type { CellResult } from './events.ts';
import { cellId } from './reader.ts';
import type { Results } from './results.ts';
import { VERDICTS, type Verdict } from '../model/verdicts.ts';
import { compareText } from '../model/text-order.ts';
import { SHA256_DIGEST } from '../model/digest.ts';

const digest = z.string().regex(SHA256_DIGEST);

const summaryCellSchema = z.strictObject({
  subject: z.string(),
  claim: z.string(),
  verdict: z.enum(VERDICTS),
  /** One line for people. */
  summary: z.string(),
  /** What to do about it, where the claim knows. */
  fix: z.string().optional(),
  keyDigest: digest.nullable(),
});

/**
 * What a run comes to, without times and places: two runs of the same things have equal summaries. The published form
 * is `summary.schema.json` beside this file.
 */
const summarySchema = z.strictObject({
  schema: z.literal('twinproof/summary/v1'),
  catalog: z.strictObject({ name: z.string(), digest }),
  /** Whether all cells asked for are there and every log has its end. */
  complete: z.boolean(),
  counts: z.record(z.enum(VERDICTS), z.int().nonnegative()),
  /** As in the header of a run; of several runs the least. */
  depth: z.enum(['standard', 'thorough']).optional(),
  claims: z.array(z.string()),
  /** Claims that were left out, since no input of their subjects changed; absent when there are none. */
  untouched: z.int().positive().optional(),
  /** In the order of `subject claim`, by code units. */
  cells: z.array(summaryCellSchema),
  /** Cells that were asked for and not decided, as `subject claim`. */
  missing: z.array(z.string()),
});

export type SummaryCell = z.infer<typeof summaryCellSchema>;
export type Summary = z.infer<typeof summarySchema>;

/** The published JSON Schema of summary.json, as text. */
export const summaryJsonSchema = (): string =>
  publishedSchema('summary-v1', 'summary.json of a run', z.toJSONSchema(summarySchema));

export function summarise(results: Results): Summary {
  const cells = [...results.cells.values()].sort((a, b) => compareText(cellId(a), cellId(b)));
  const missing = results.planned.map(cellId).filter((id) => !results.cells.has(id));
  return {
    schema: 'twinproof/summary/v1',
    catalog: results.catalog,
    complete: results.ended && missing.length === 0,
    counts: countVerdicts(cells),
    ...leastDepth(results.runs.map(({ header }) => header)),
    ...countUntouched(results),
    claims: [...new Set(results.planned.map((cell) => cell.claim))],
    cells: cells.map(({ subject, claim, verdict, summary, fix, keyDigest }) => ({
      subject,
      claim,
      verdict,
      summary,
      ...(fix === undefined ? {} : { fix }),
      keyDigest,
    })),
    missing: missing.sort(compareText),
  };
}

function countUntouched({ plan }: Results): Pick<Summary, 'untouched'> {
  const untouched = [...(plan?.values() ?? [])].filter(({ terms }) => terms.leftOut === 'untouched').length;
  return untouched === 0 ? {} : { untouched };
}

export function countVerdicts(cells: Iterable<Pick<CellResult, 'verdict'>>): Record<Verdict, number> {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of cells) counts[verdict] += 1;
  return counts;
}

/**
 * 0 all that was asked was checked and holds, 1 something does not hold, 2 something could not be checked (cli.md).
 * Where both 1 and 2 would fit, a proven failure is the stronger statement. Nothing checked at all is not a pass, unless a
 * change touches nothing.
 */
export function exitCode(summary: Summary): 0 | 1 | 2 {
  const { counts } = summary;
  if (!summary.complete) return 2;
  if (counts.fail > 0) return 1;
  if (touchesNothing(summary)) return 0;
  return counts.error > 0 || counts.pass + counts.waived === 0 ? 2 : 0;
}

/** There was nothing to check, since no input of any subject changed. */
export const touchesNothing = ({ cells, missing, untouched = 0 }: Summary): boolean =>
  cells.length + missing.length === 0 && untouched > 0;

/** Code unit order, the same on every machine whatever its locale. */
