import { errorLine, TwinproofError } from '../errors.ts';
import type { LockChange } from '../lock/diff.ts';
import { lockFormatNamed, lockFormatOf } from '../lock/format.ts';
import { readLock, readLockFile } from '../lock/parse.ts';
import type { Lock } from '../lock/types.ts';
import { formatLock, replaceFile } from '../lock/write.ts';
import { DebArchives } from './debian/archives.ts';
import { lockPathOf } from './lock-inputs.ts';
import { RESOLVERS } from './resolvers.ts';
import type { Refreshed } from './types.ts';

export interface RefreshedLock {
  input: string;
  /** Path of the lock. */
  path: string;
  /** There was none before. */
  created: boolean;
  /** Whether the file is (with `check`: would be) written anew. */
  changed: boolean;
  changes: LockChange[];
  warnings: string[];
}

/** An input that could not be resolved; the error begins with its path. */
export interface FailedLock {
  input: string;
  error: TwinproofError;
}

/**
 * Resolves an input in a builder; what has one is in `build/`.
 * @param fresh texts by path of locks that were resolved just now and are not written yet
 */
export type ResolveInBuilder = (
  input: string,
  previous: Lock | null,
  fresh: ReadonlyMap<string, string>,
) => Promise<Refreshed>;

export interface RefreshLocksOptions {
  /** Write nothing. */
  check: boolean;
  /** By the kind of the lock; needed where there is an input that is resolved in a builder. */
  inBuilder?: Readonly<Partial<Record<string, ResolveInBuilder>>>;
  signal?: AbortSignal;
  onStep?: ((step: string) => void) | undefined;
}

type Pending = RefreshedLock & { text: string };

/**
 * Resolves every input and replaces its lock when it changed. All are resolved against one state of the archives, and
 * nothing is written unless all could be resolved. Those that need no builder come first: a builder may be made from one.
 * @returns in the order of the inputs
 * @throws TwinproofError interrupted, storage; whatever else keeps one input from being resolved is its failure
 */
export async function refreshLocks(
  inputs: string[],
  options: RefreshLocksOptions,
): Promise<{ locks: RefreshedLock[]; failures: FailedLock[] }> {
  const pending = new Map<string, Pending>();
  const failures: FailedLock[] = [];
  const { check, signal, onStep, inBuilder = {} } = options;
  await using archives = new DebArchives({
    ...(signal === undefined ? {} : { signal }),
    ...(onStep === undefined ? {} : { onStep }),
  });
  const later = (input: string): number => Number(isResolvedInBuilder(input));
  for (const input of inputs.toSorted((a, b) => later(a) - later(b))) {
    const fresh = new Map([...pending.values()].map(({ path, text }) => [path, text]));
    try {
      const { kind } = lockFormatOf(input);
      const refresh = (previous: Lock | null): Promise<Refreshed> =>
        inBuilder[kind]?.(input, previous, fresh) ??
        RESOLVERS[kind]?.(input, previous, { archives }) ??
        Promise.reject(cannotResolve(input));
      pending.set(input, await refreshOne(input, refresh));
    } catch (error) {
      failures.push({ input, error: failureOf(input, error) });
    }
  }
  const locks = inputs.flatMap((input) => pending.get(input) ?? []);
  if (!check && failures.length === 0)
    for (const { path, text, changed } of locks) if (changed) await replaceFile(path, text);
  return { locks: locks.map(omitText), failures };
}

/** Whether it takes a builder to resolve an input. */
export const isResolvedInBuilder = (input: string): boolean =>
  lockFormatNamed(input)?.resolvedIn === 'builder';

const cannotResolve = (input: string): TwinproofError =>
  new TwinproofError('unsupported', 'nothing here resolves such packages', {
    where: input,
    hint: 'write the lock by other means; builds and claims read it all the same',
  });

/** What ends everything is thrown on; the rest gets the input in front. */
function failureOf(input: string, error: unknown): TwinproofError {
  if (!(error instanceof TwinproofError) || error.code === 'interrupted' || error.code === 'storage')
    throw error;
  const { code, message, where, hint } = error;
  if (where?.startsWith(input) === true) return error;
  return new TwinproofError(code, where === undefined ? message : `${where}: ${message}`, {
    where: input,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

function omitText({ input, path, created, changed, changes, warnings }: RefreshedLock): RefreshedLock {
  return { input, path, created, changed, changes, warnings };
}

async function refreshOne(
  input: string,
  refresh: (previous: Lock | null) => Promise<Refreshed>,
): Promise<Pending> {
  const path = lockPathOf(input);
  const { previous, fault } = await readPrevious(path);
  const before = await readLockFile(path).catch(() => null);
  const { text, changes, warnings } = await refresh(previous);
  // A lock that says the same stays as it is, whoever wrote it.
  const same = previous !== null && formatLock(previous) === text;
  const all = fault === null ? warnings : [`written anew: ${fault}`, ...warnings];
  return {
    input,
    path,
    created: before === null,
    changed: !same && text !== before,
    changes,
    warnings: all,
    text: same && before !== null ? before : text,
  };
}

/** A broken lock is no reason not to write a good one. */
async function readPrevious(path: string): Promise<{ previous: Lock | null; fault: string | null }> {
  try {
    return { previous: await readLock(path), fault: null };
  } catch (error) {
    const absent =
      error instanceof TwinproofError &&
      (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    return { previous: null, fault: absent ? null : errorLine(error) };
  }
}
