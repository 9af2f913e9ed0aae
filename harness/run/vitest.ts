import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProvidedContext } from 'vitest';
import { type Reporter, type Vitest, createVitest } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SUFFIX = extname(import.meta.filename);

interface Opening {
  include: string[];
  reporters: Reporter[];
  provide: Partial<ProvidedContext>;
}

/** Vitest without anybody's configuration, as suites are run in it. */
export async function openVitest({ include, reporters, provide }: Opening): Promise<Vitest> {
  const withoutTheirs = keepSignals();
  const vitest = await createVitest(
    {
      root: ROOT,
      config: false,
      watch: false,
      include,
      // An installed package lies below node_modules, which Vitest leaves out unless told otherwise.
      exclude: [],
      reporters,
      runner: join(ROOT, `suites/verify/runner${SUFFIX}`),
      // Threads: the owner of containers and scratch folders is this process.
      pool: 'threads',
      testTimeout: 0,
      hookTimeout: 0,
      maxConcurrency: 100_000,
      sequence: { concurrent: true },
      // One test that is the only one would leave out the cells of all others.
      allowOnly: false,
      includeTaskLocation: true,
      provide,
      passWithNoTests: false,
    },
    {
      logLevel: 'silent',
      // Suites of the user's get the API of the program that runs them, whatever is installed beside them.
      resolve: {
        alias: [
          { find: /^twinproof$/, replacement: join(ROOT, `harness/api/images${SUFFIX}`) },
          { find: /^twinproof\/([a-z]+)$/, replacement: join(ROOT, `harness/api/$1${SUFFIX}`) },
        ],
      },
    },
  );
  withoutTheirs();
  return vitest;
}

/** Vitest ends the process a millisecond after a signal; our own handlers clean up first. */
function keepSignals(): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const ours = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
  return () => {
    for (const [signal, kept] of ours) {
      for (const listener of process.listeners(signal)) {
        if (!kept.includes(listener)) process.off(signal, listener);
      }
    }
  };
}
