import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { comparers, gunzip, GUNZIP, igzip, IGZIP, openssl, OPENSSL, twinproof } from './contestants.ts';
import { NO_CHANGE, type Change, type Shape } from './images/entries.ts';
import { makeImage } from './images/make.ts';
import { contest } from './measure/contest.ts';

const SHAPE: Shape = { seed: 20260101, entries: 40_000, bytes: 2 ** 30 };
const GOALS = [
  { times: 0.5, of: GUNZIP },
  { times: 1.6, of: IGZIP },
];
/** Seconds that other comparing programs get. */
const LIMIT = 180;
const ROUNDS = 3;

const TWO_FILES: Change = { mtime: 0, files: [1001, 31_001] };

/** Comparing pairs with layers of 1 GiB beside what else one can do with them. @returns tables */
export async function* benchDiff(folder: string): AsyncGenerator<string> {
  const a = await makeImage(join(folder, 'base'), SHAPE, NO_CHANGE);
  const same = join(folder, 'same');
  if (!existsSync(same)) await cp(a, same, { recursive: true });
  yield await contest(
    'identical, digests verified',
    [twinproof(folder, [a, same], [0]), openssl(folder, [a, same])],
    [{ times: 1.2, of: OPENSSL }],
    ROUNDS,
  );
  const pairs: [string, string, Change][] = [
    ['two files differ', 'two-files', TWO_FILES],
    ['every mtime differs', 'mtimes', { mtime: 1, files: [] }],
  ];
  for (const [title, name, change] of pairs) {
    const pair = [a, await makeImage(join(folder, name), SHAPE, change)] as const;
    const contestants = [twinproof(folder, pair, [1]), gunzip(folder, pair), igzip(folder, pair)] as const;
    yield await contest(title, [...contestants, ...comparers(folder, pair, LIMIT)], GOALS, ROUNDS);
  }
}
