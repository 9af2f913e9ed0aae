import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestAnnotation } from 'vitest';
import { type Reporter, createVitest } from 'vitest/node';
import { TwinproofError } from '../errors.ts';
import { MESSAGE, type Message } from './messages.ts';
import type { RunInput } from './types.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** TypeScript in a checkout, JavaScript in the package. */
const SUITES = `suites/*.suite${extname(import.meta.filename)}`;

/**
 * Runs the cells in Vitest and hands on what the suites tell. The verdicts are in the messages; that a test failed
 * is no error here. @throws TwinproofError `internal` when the suites themselves broke
 */
export async function driveVitest(input: RunInput, onMessage: (message: Message) => void): Promise<void> {
  const problems: string[] = [];
  const reporter: Reporter = {
    onTestCaseAnnotate: (_test, annotation: TestAnnotation) => {
      if (annotation.type === MESSAGE) onMessage(JSON.parse(annotation.message) as Message);
    },
    onTestRunEnd: (modules, unhandled) => {
      const broken = [...modules.flatMap((module) => module.errors()), ...unhandled];
      problems.push(...broken.map((error) => error.message));
    },
  };
  const exitCode = process.exitCode;
  const withoutTheirs = keepSignals();
  const vitest = await createVitest(
    {
      root: ROOT,
      config: false,
      watch: false,
      include: [SUITES],
      // An installed package lies below node_modules, which Vitest leaves out unless told otherwise.
      exclude: [],
      reporters: [reporter],
      // Threads: the owner of containers and scratch folders is this process.
      pool: 'threads',
      testTimeout: 0,
      hookTimeout: 0,
      maxConcurrency: 100_000,
      provide: { twinproof: input },
      passWithNoTests: false,
    },
    { logLevel: 'silent' },
  );
  withoutTheirs();
  await vitest.start();
  await vitest.close();
  // Vitest sets it for failed tests; here the verdicts decide.
  process.exitCode = exitCode;
  if (problems.length > 0) {
    throw new TwinproofError('internal', `the suites broke: ${problems.join('; ').slice(0, 500)}`);
  }
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
