import { z } from 'zod';
import { readBounded } from '../catalog/read-bounded.ts';
import { TwinproofError } from '../errors.ts';
import type { Flip } from '../explain/flip.ts';
import type { CellResult } from '../record/events.ts';
import { VARIATIONS } from '../model/variations.ts';

/** Bytes; a result names a hundred paths at most. */
const MAX_FILE = 4 * 1024 * 1024;

/** What is read of twinproof/bisect/v2; the rest of it is for people. */
const bisectFile = z.object({
  schema: z.literal('twinproof/bisect/v2'),
  subject: z.string(),
  source: z.string(),
  verdict: z.enum(['itself', 'none', 'variations']),
  cause: z
    .object({
      variations: z
        .array(z.object({ variation: z.enum(VARIATIONS), value: z.string() }))
        .min(1)
        .max(VARIATIONS.length),
      equal: z.string(),
      differing: z.string(),
      paths: z.array(z.string()),
    })
    .nullable(),
});

function parse(text: string, path: string): z.infer<typeof bisectFile> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const read = bisectFile.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new TwinproofError('record-invalid', `no result of bisect: ${issue?.message ?? ''}`, {
    where: `${path}#/${issue?.path.join('/') ?? ''}`,
    hint: 'write it with: npx twinproof bisect SUBJECT --json > FILE',
  });
}

/**
 * What `bisect --json` showed of a recorded cell.
 * @returns null when no variation was found
 * @throws TwinproofError record-invalid; input-mismatch when it is about something else than the cell
 */
export async function recordedFlip(path: string, cell: CellResult): Promise<Flip | null> {
  const bytes = await readBounded(path, MAX_FILE).catch((cause: unknown) => {
    throw new TwinproofError('record-invalid', 'it cannot be read', { where: path, cause });
  });
  const { subject, source, cause } = parse(Buffer.from(bytes).toString('utf8'), path);
  if (subject !== cell.subject)
    throw new TwinproofError('input-mismatch', `it is about ${subject}, not ${cell.subject}`, {
      where: path,
    });
  if (source !== cell.key?.source) {
    throw new TwinproofError('input-mismatch', `another source of ${subject} was bisected than the run has`, {
      where: path,
      hint: 'bisect and verify the same revision',
    });
  }
  return cause;
}
