import { mergeRuns } from '../record/merge.ts';
import { isRun, readRun } from '../record/reader.ts';
import { type Results, resultsOf } from '../record/results.ts';
import { escapeText } from '../report/escape.ts';
import { tell } from './output.ts';

/** The runs at these places as one set of results. */
export const readResults = async (paths: readonly string[]): Promise<Results> =>
  mergeRuns(await Promise.all(paths.map((path) => readRun(path))));

/** Oldest first, each by itself: earlier runs may contradict each other and the one shown, which is the point of them. */
export async function readHistory(paths: readonly string[]): Promise<Results[]> {
  const there: string[] = [];
  for (const path of paths) {
    if (await isRun(path)) there.push(path);
    // A catalog that is new has no earlier run, and its reports are made by the same script.
    else tell(`note: --history ${escapeText(path)}: there is no such run, and so no history of it\n`);
  }
  const runs = await Promise.all(there.map((path) => readRun(path)));
  const started = ({ header }: (typeof runs)[number]): string => `${header.started} ${header.run}`;
  return runs.sort((a, b) => (started(a) < started(b) ? -1 : 1)).map(resultsOf);
}
