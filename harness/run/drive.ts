import { extname } from 'node:path';
import type { TestAnnotation } from 'vitest';
import type { Reporter } from 'vitest/node';
import { TwinproofError } from '../errors.ts';
import { MESSAGE, type Message } from './messages.ts';
import type { RunInput } from './types.ts';
import { placeOf } from '../suites/place.ts';
import { openVitest } from './vitest.ts';

/** TypeScript in a checkout, JavaScript in the package. */
const SUITES = `suites/verify/*.suite${extname(import.meta.filename)}`;

/**
 * Runs the cells in Vitest and hands on what the suites tell. The verdicts are in the messages; that a test failed
 * is no error here.
 * @param stop lets nothing be begun any more
 * @throws TwinproofError `internal` when the suites themselves broke, `suite-failed` for the user's
 */
export async function driveVitest(
  input: RunInput,
  onMessage: (message: Message) => void,
  stop?: AbortSignal,
): Promise<void> {
  const problems: { message: string; stack?: string }[] = [];
  const reporter: Reporter = {
    onTestCaseAnnotate: (_test, annotation: TestAnnotation) => {
      if (annotation.type === MESSAGE) onMessage(JSON.parse(annotation.message) as Message);
    },
    onTestRunEnd: (modules, unhandled) => {
      problems.push(...modules.flatMap((module) => module.errors()), ...unhandled);
    },
  };
  const exitCode = process.exitCode;
  const { catalog, cells } = input;
  const vitest = await openVitest({
    include: [SUITES],
    reporters: [reporter],
    provide: { twinproof: input, twinproofSuites: { catalog, cells } },
  });
  const cancel = (): void => void vitest.cancelCurrentRun('keyboard-input');
  stop?.addEventListener('abort', cancel);
  await vitest.start();
  stop?.removeEventListener('abort', cancel);
  await vitest.close();
  // Vitest sets it for failed tests; here the verdicts decide.
  process.exitCode = exitCode;
  if (problems.length > 0) throw broken(problems);
}

/** Nobody can say of which test something is that was thrown outside of all. */
function broken(problems: readonly { message: string; stack?: string }[]): TwinproofError {
  const text = problems.map(({ message }) => message).join('; ');
  const place = problems.map(({ stack }) => placeOf(stack, process.cwd())).find((found) => found !== null);
  if (place === undefined) return new TwinproofError('internal', `the suites broke: ${text.slice(0, 500)}`);
  return new TwinproofError('suite-failed', `thrown outside of all tests: ${text.slice(0, 500)}`, {
    where: place,
  });
}
