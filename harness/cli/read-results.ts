import { mergeRuns } from '../record/merge.ts';
import { readRun } from '../record/reader.ts';
import { type Results, resultsOf } from '../record/results.ts';

/** The runs at these places as one set of results. */
export const readResults = async (paths: readonly string[]): Promise<Results> =>
  mergeRuns(await Promise.all(paths.map((path) => readRun(path))));

/** Oldest first, each by itself: earlier runs may contradict each other and the one shown, which is the point of them. */
export async function readHistory(paths: readonly string[]): Promise<Results[]> {
  const runs = await Promise.all(paths.map((path) => readRun(path)));
  const started = ({ header }: (typeof runs)[number]): string => `${header.started} ${header.run}`;
  return runs.sort((a, b) => (started(a) < started(b) ? -1 : 1)).map(resultsOf);
}
