import type { Random } from '../../bench/images/random.ts';
import { judgeArchives } from './archives.ts';
import { writePair } from './images.ts';
import { type Judged, judge } from './judge.ts';

/** Makes one input, in a folder of its own where it needs files, and judges how the program takes it. */
type Kind = (random: Random, folder: string) => Promise<Judged>;

/** What is fuzzed, each with generator and judge in files of its own. */
export const KINDS: Readonly<Record<string, Kind>> = {
  images: async (random, folder) => judge(folder, await writePair(random, folder)),
  archives: judgeArchives,
};
