import { cellId } from '../../record/reader.ts';
import type { ReportInput } from '../input.ts';
import { causesOfDiff, instructionsOf, readDiff } from './diff-evidence.ts';
import { MAX_RECIPE, readEvidence } from './evidence.ts';
import { blamedIn } from './blamed.ts';

/** Cells whose evidence is read for a report; the others are reported from the log alone. */
const MAX_CELLS = 500;

/**
 * Adds what only the evidence says: the fix of each cause, and the line of the Containerfile that made what differs.
 * Evidence that is gone or was changed adds nothing; the page says so.
 */
export async function withEvidence(input: ReportInput): Promise<ReportInput> {
  const { results } = input;
  const causes = new Map(input.causes);
  const failed = [...results.cells.values()].filter(
    ({ verdict }) => verdict === 'fail' || verdict === 'waived',
  );
  for (const cell of failed.slice(0, MAX_CELLS)) {
    const folder = results.folders.get(cell.subject);
    if (folder === undefined) continue;
    const read = await readDiff(folder, cell);
    if (read === null || 'fault' in read) continue;
    const recipe = results.twins.get(cell.subject)?.recipe;
    const text = recipe === undefined ? null : await readEvidence(folder, recipe.text, { limit: MAX_RECIPE });
    const blamed =
      text === null || 'fault' in text
        ? null
        : blamedIn(
            text.text,
            instructionsOf(read.diff.entries),
            read.diff.entries.map(({ path }) => path),
          );
    const found = causesOfDiff(read.diff).map((cause) => ({ ...cause, line: blamed?.first ?? null }));
    if (found.length > 0) causes.set(cellId(cell), found);
  }
  return { ...input, causes };
}
