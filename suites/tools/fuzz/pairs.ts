import type { Random } from '../../../bench/images/random.ts';
import { writePair } from './images.ts';
import { type Judged, judge } from './judge.ts';

/** Two small images that have much in common. */
export const judgePair = async (random: Random, folder: string): Promise<Judged> =>
  judge(folder, await writePair(random, folder));
