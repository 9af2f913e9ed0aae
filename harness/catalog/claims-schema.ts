import { z } from 'zod';
import type { ClaimDeclaration } from '../model/claim.ts';

const text = z.string().min(1).max(4096);

/** What a claim is called. */
const CLAIM_ID = /^[a-z][a-z0-9-]{0,63}$/;

/** Keys of an entry that belong to no claim, or that a subject has beside its claims. */
const RESERVED = ['made', 'reason', 'lock', 'smoke'];

/** What `claims` may say: of any claim whether it is made, and for those that have options, these. */
export function claimsSchema(declared: Iterable<ClaimDeclaration>) {
  const withOptions = [...declared].flatMap(({ id, options }) =>
    options === undefined ? [] : entryWith(id, options.schema.shape),
  );
  const entry = z.union([
    z.boolean().describe('true: the claim is made and checked; false: it is not made.'),
    ...withOptions,
    z.strictObject({ made: z.literal(false), reason: text }),
  ]);
  return z.record(z.string().regex(CLAIM_ID, 'a claim is named like root-read-only'), entry);
}

function entryWith(id: string, shape: z.core.$ZodShape) {
  const reserved = Object.keys(shape).find((key) => RESERVED.includes(key));
  if (reserved !== undefined) throw new Error(`the claim ${id} has an option ${reserved}, which is taken`);
  return z.strictObject({ ...shape, made: z.literal(true).optional() });
}

/** Whether the calendar has it: `Date` takes the 31st of February for the 3rd of March. */
const isDay = (day: string): boolean => {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
};

/** `YYYY-MM-DD`. @param meaning what it is asked for */
export const daySchema = (meaning: string) =>
  z
    .string()
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, `write ${meaning}, such as 2027-03-31`)
    .refine(isDay, `there is no such day; write ${meaning}, such as 2027-03-31`);

/** A failure that is allowed for a time. Of a claim whose failures are itemised, it names a path or a cause. */
export function exemptionSchema(declared: Iterable<ClaimDeclaration>) {
  const lists = [...declared].filter((claim) => claim.itemised !== undefined);
  const itemised = lists.map(({ id }) => id);
  const causes = [...new Set(lists.flatMap((claim) => claim.itemised?.causes ?? []))];
  const named = itemised.map((id) => `"${id}"`).join(', ');
  return z
    .strictObject({
      claim: z.string().regex(CLAIM_ID, 'name the claim that fails, such as reproducible'),
      path: text.optional().describe('Glob on paths: `*` stops at "/", `**` does not.'),
      cause: z.enum(causes).optional(),
      reason: text,
      owner: text.describe('Who answers for it.'),
      expires: daySchema('the last day on which it holds'),
    })
    .refine(
      ({ path, cause }) => path === undefined || cause === undefined,
      'give a path or a cause, not both',
    )
    .refine(
      ({ claim, path, cause }) => itemised.includes(claim) === (path !== undefined || cause !== undefined),
      `for ${named} say which path or cause; other claims have neither`,
    )
    .refine(({ claim, cause }) => {
      const own = lists.find(({ id }) => id === claim)?.itemised?.causes;
      return cause === undefined || own === undefined || own.includes(cause);
    }, 'no failure of this claim has that cause');
}
