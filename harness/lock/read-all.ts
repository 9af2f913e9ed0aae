import { errorLine, TwinproofError } from '../errors.ts';
import { readLock } from './parse.ts';
import type { Lock } from './types.ts';

const MAX_TOLD = 50;

/**
 * Reads several locks.
 * @throws TwinproofError lock-invalid with a line for each of those that cannot be read
 */
export async function readLocks(paths: readonly string[]): Promise<Lock[]> {
  const locks: Lock[] = [];
  const faults: TwinproofError[] = [];
  for (const path of paths) {
    try {
      locks.push(await readLock(path));
    } catch (error) {
      if (!(error instanceof TwinproofError)) throw error;
      faults.push(error);
    }
  }
  const [first, ...others] = faults;
  if (first === undefined) return locks;
  if (others.length === 0) throw first;
  const lines = others.slice(0, MAX_TOLD).map(errorLine);
  if (others.length > MAX_TOLD) lines.push(`and ${others.length - MAX_TOLD} more locks`);
  const hint = first.hint === undefined ? '' : ` (${first.hint})`;
  throw new TwinproofError(first.code, [`${first.message}${hint}`, ...lines].join('\n'), {
    ...(first.where === undefined ? {} : { where: first.where }),
    cause: new AggregateError(faults),
  });
}
