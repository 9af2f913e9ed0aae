import { shellWord } from '../model/shell-word.ts';
import { DEFAULT_VARIATIONS } from '../rebuild/environment/vary.ts';
import type { CellResult, Header, Twins } from '../record/events.ts';
import { cellId } from '../record/reader.ts';
import type { Results } from '../record/results.ts';

type Planned = Pick<CellResult, 'subject' | 'claim'>;

/**
 * The command that repeats a cell from the top of a checkout: for twins that were built their builds again, with the digests
 * checked against those of the run, which is named by the path that it was read from; for all else the check itself. Null for
 * what there is nothing to repeat of.
 */
export function repeatCommands({ runs, cells, twins, folders }: Results): (cell: Planned) => string | null {
  const headers = new Map(
    runs.flatMap(({ header }) => header.cells.map(({ subject }): [string, Header] => [subject, header])),
  );
  return ({ subject, claim }) => {
    const header = headers.get(subject);
    const result = cells.get(cellId({ subject, claim }));
    // Neither is a name that a catalog can hold, and the shell's quotes would not keep it from being an option.
    if (header === undefined || [subject, claim].some((name) => name.startsWith('-'))) return null;
    if (result?.verdict === 'skipped') return null;
    const built = twins.get(subject);
    if (claim === 'reproducible' && (result?.key ?? null) !== null && built !== undefined)
      return `npx twinproof reproduce ${shellWord(subject)} --run ${shellWord(pathOf(folders.get(subject) ?? header.run))}`;
    const check = ['--image', shellWord(subject), '--claim', shellWord(claim), ...settings(header, built)];
    return ['npx twinproof verify', catalogOf(header), ...check].join(' ');
  };
}

/** What the run was given that is not as always. */
function settings({ seed }: Header, twins: Twins | undefined): string[] {
  const asked = twins?.builds[0]?.environment?.map(({ variation }) => variation);
  const usual = asked === undefined || [...asked].sort().join() === [...DEFAULT_VARIATIONS].sort().join();
  const variations = asked === undefined || asked.length === 0 ? 'none' : asked.join(',');
  return [...(seed === 0 ? [] : ['--seed', String(seed)]), ...(usual ? [] : ['--vary', variations])];
}

/** Logs from before there was a path leave it to the reader. */
const catalogOf = ({ catalog: { path } }: Header): string =>
  path === undefined || path.startsWith('-') ? 'CATALOG' : shellWord(path);

/** A path that is no option. */
const pathOf = (path: string): string => (path.startsWith('-') ? `./${path}` : path);
