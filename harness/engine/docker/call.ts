import type { ContainerRuntimeClient } from 'testcontainers';
import { TwinproofError } from '../../errors.ts';

/** The client of the Docker Engine API. */
export type Api = ContainerRuntimeClient['container']['dockerode'];

/** Runs one call to the engine; whatever goes wrong in it is the engine's fault, with a one-line reason. */
export async function engineCall<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof TwinproofError) throw cause;
    throw new TwinproofError('engine-unavailable', `could not ${what}: ${reasonOf(cause, 300)}`, {
      hint: 'see whether the container engine still runs: `npx twinproof doctor`',
      cause,
    });
  }
}

/** On one line. */
export const reasonOf = (cause: unknown, length: number): string =>
  (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ').slice(0, length);

/** The answer, or null when the engine answers with one of the status codes. */
export async function unless<T>(codes: readonly number[], answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode !== undefined && codes.includes(statusCode)) return null;
    throw error;
  }
}

export const NOT_FOUND = [404];
