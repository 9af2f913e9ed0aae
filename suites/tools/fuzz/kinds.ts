import type { Random } from '../../../bench/images/random.ts';
import type { Judged } from './judge.ts';

/** Makes one input, in a folder of its own where it needs files, and judges how the program takes it. */
type Kind = (random: Random, folder: string) => Promise<Judged>;

/** What is fuzzed, each with generator and judge in files of its own, which are loaded when they are needed. */
export const KINDS: Readonly<Record<string, Kind>> = {
  archives: async (...input) => (await import('./archives.ts')).judgeArchives(...input),
  images: async (...input) => (await import('./pairs.ts')).judgePair(...input),
  catalogs: async (...input) => (await import('./catalogs.ts')).judgeCatalog(...input),
  gates: async (random) => (await import('./gates.ts')).judgeGate(random),
  locks: async (...input) => (await import('./locks.ts')).judgeLock(...input),
  statements: async (...input) => (await import('./statements.ts')).judgeStatements(...input),
};
