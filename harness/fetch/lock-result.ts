import { z } from 'zod';
import { CELL_ERROR_CODES, COMMAND_ERROR_CODES } from '../errors.ts';
import { LOCK_CHANGES, type LockChange } from '../lock/diff.ts';
import { publishedSchema } from '../model/json-schema.ts';
import type { FailedLock, RefreshedLock } from './refresh-locks.ts';

const changeSchema: z.ZodType<LockChange> = z.strictObject({
  arch: z.string(),
  name: z.string(),
  change: z.enum(LOCK_CHANGES),
  from: z.string().nullable(),
  to: z.string().nullable(),
});

const refreshedSchema: z.ZodType<RefreshedLock> = z.strictObject({
  input: z.string(),
  path: z.string(),
  created: z.boolean(),
  changed: z.boolean(),
  changes: z.array(changeSchema),
  warnings: z.array(z.string()),
});

const schema = z.strictObject({
  schema: z.literal('twinproof/lock/v1'),
  locks: z.array(refreshedSchema),
  /** Inputs that could not be resolved. */
  failures: z.array(
    z.strictObject({
      input: z.string(),
      code: z.enum([...CELL_ERROR_CODES, ...COMMAND_ERROR_CODES]),
      message: z.string(),
    }),
  ),
});

/** `twinproof/lock/v1`: locks that were resolved anew. */
export function lockResult(locks: RefreshedLock[], failures: readonly FailedLock[]): z.infer<typeof schema> {
  const failed = failures.map(({ input, error: { code, message } }) => ({ input, code, message }));
  return { schema: 'twinproof/lock/v1', locks, failures: failed };
}

/** The published schema of it. */
export const lockJsonSchema = (): string =>
  publishedSchema('lock-v1', 'Locks that were resolved anew', z.toJSONSchema(schema));
