import type { CellResult, Header } from '../record/events.ts';
import { cellId } from '../record/reader.ts';
import type { Results } from '../record/results.ts';

type Planned = Pick<CellResult, 'subject' | 'claim'>;

/**
 * The command that repeats a cell from the top of a checkout in which the run wrote to its usual folder: its recorded
 * builds again where there are any, else the check from the start. Null for what there is nothing to repeat of.
 */
export function repeatCommands({ runs, cells, twins }: Results): (cell: Planned) => string | null {
  const headers = new Map(
    runs.flatMap(({ header }) => header.cells.map(({ subject }): [string, Header] => [subject, header])),
  );
  return ({ subject, claim }) => {
    const header = headers.get(subject);
    const result = cells.get(cellId({ subject, claim }));
    // Neither is a name that a catalog can hold, and the shell's quotes would not keep it from being an option.
    if (header === undefined || [subject, claim].some((name) => name.startsWith('-'))) return null;
    if (result?.verdict === 'skipped') return null;
    return (result?.key ?? null) !== null && twins.has(subject)
      ? `npx twinproof reproduce ${quoted(subject)} ${quoted(claim)} --results ${quoted(`results/runs/${header.run}`)}`
      : `npx twinproof verify ${catalogOf(header)} --image ${quoted(subject)} --claim ${quoted(claim)}`;
  };
}

/** Logs from before there was a path leave it to the reader. */
const catalogOf = ({ catalog: { path } }: Header): string =>
  path === undefined || path.startsWith('-') ? 'CATALOG' : quoted(path);

/** A word as a shell reads it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
