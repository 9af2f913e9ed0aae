import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { comparers, gunzip, GUNZIP, igzip, IGZIP, openssl, OPENSSL, twinproof } from './contestants.ts';
import { FILES_A_DIRECTORY, NO_CHANGE, type Change, type Shape } from './images/entries.ts';
import { makeImage } from './images/make.ts';
import { contest } from './measure/contest.ts';
import type { Difference } from './proofs.ts';

const SHAPE: Shape = { seed: 20260101, entries: 40_000, bytes: 2 ** 30 };
const GOALS = [
  { times: 0.5, of: GUNZIP },
  { times: 1.6, of: IGZIP },
];
/** Seconds that other comparing programs get. */
const LIMIT = 180;
const ROUNDS = 3;

const TWO_FILES: Change = { mtime: 0, files: [1001, 31_001] };
const ALL_BUT_FOLDERS = SHAPE.entries - Math.ceil(SHAPE.entries / FILES_A_DIRECTORY);

/** Comparing pairs with layers of 1 GiB beside what else one can do with them. @returns tables */
export async function* benchDiff(folder: string): AsyncGenerator<string> {
  const a = await makeImage(join(folder, 'base'), SHAPE, NO_CHANGE);
  const same = join(folder, 'same');
  if (!existsSync(same)) await cp(a, same, { recursive: true });
  yield await contest(
    'identical, digests verified',
    [twinproof(folder, [a, same], null), openssl(folder, [a, same])],
    [{ times: 1.2, of: OPENSSL }],
    ROUNDS,
  );
  const pairs: [string, string, Change, Difference][] = [
    ['two files differ', 'two-files', TWO_FILES, { entries: 2, files: 2 }],
    [
      'every mtime differs',
      'mtimes',
      { mtime: 1, files: [] },
      { entries: SHAPE.entries, files: ALL_BUT_FOLDERS },
    ],
  ];
  for (const [title, name, change, difference] of pairs) {
    const pair = [a, await makeImage(join(folder, name), SHAPE, change)] as const;
    const contestants = [
      twinproof(folder, pair, difference),
      gunzip(folder, pair),
      igzip(folder, pair),
    ] as const;
    const others = comparers(folder, pair, { difference, limit: LIMIT });
    yield await contest(title, [...contestants, ...others], GOALS, ROUNDS);
  }
}
