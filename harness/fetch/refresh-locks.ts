import { errorLine, TwinproofError } from '../errors.ts';
import type { LockChange } from '../lock/diff.ts';
import { lockKindOf, readLock, readLockFile } from '../lock/parse.ts';
import type { Lock } from '../lock/types.ts';
import { replaceFile } from '../lock/write.ts';
import { DebArchives } from './debian/archives.ts';
import { refreshDebLock } from './debian/refresh.ts';
import { lockPathOf } from './lock-inputs.ts';

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

export interface RefreshLocksOptions {
  /** Write nothing. */
  check: boolean;
  signal?: AbortSignal;
  onStep?: ((step: string) => void) | undefined;
}

/**
 * Resolves every input and replaces its lock when it changed. All are resolved against one state of the archives, and
 * nothing is written unless all could be resolved.
 * @throws TwinproofError as `refreshDebLock`, with the input file in front
 */
export async function refreshLocks(inputs: string[], options: RefreshLocksOptions): Promise<RefreshedLock[]> {
  const { check, signal, onStep } = options;
  const pending: (RefreshedLock & { text: string })[] = [];
  {
    await using archives = new DebArchives({
      ...(signal === undefined ? {} : { signal }),
      ...(onStep === undefined ? {} : { onStep }),
    });
    for (const input of inputs) pending.push(await refreshOne(input, archives));
  }
  if (!check) for (const { path, text, changed } of pending) if (changed) await replaceFile(path, text);
  return pending.map(omitText);
}

function omitText({ input, path, created, changed, changes, warnings }: RefreshedLock): RefreshedLock {
  return { input, path, created, changed, changes, warnings };
}

async function refreshOne(input: string, archives: DebArchives): Promise<RefreshedLock & { text: string }> {
  if (lockKindOf(input) === 'rpm') {
    throw new TwinproofError('unsupported', 'rpm locks cannot be refreshed here yet', {
      where: input,
      hint: 'rpm-lockfile-prototype writes them',
    });
  }
  const path = lockPathOf(input);
  const { previous, fault } = await readPrevious(path);
  const before = await readLockFile(path).catch(() => null);
  const { text, changes, warnings } = await refreshDebLock(input, previous, { archives });
  const all = fault === null ? warnings : [`written anew: ${fault}`, ...warnings];
  return { input, path, created: before === null, changed: text !== before, changes, warnings: all, text };
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
