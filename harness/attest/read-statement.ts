import { z } from 'zod';
import { readExactJson } from './exact-json.ts';
import { readPredicate } from './predicates.ts';
import type { Statement } from './statements.ts';

/** What is attested here is known by this digest; in-toto matches subjects by their digests alone. */
const SHA256 = /^[0-9a-f]{64}$/;
const TYPES = ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1'];

const subject = z.object({
  name: z.string().optional(),
  digest: z
    .record(z.string(), z.string().min(1))
    .refine((digests) => Object.keys(digests).length > 0, 'a subject without a digest'),
});

const schema = z.object({
  _type: z.enum(TYPES),
  subject: z.array(subject).min(1, 'a statement about nothing'),
  predicateType: z.string().min(1),
});

const haveNamesOnce = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** `unread`: a statement all right, of a kind of predicate that is not read here. */
export type Read = { statement: Statement } | { fault: string } | { unread: string };

/**
 * A statement by in-toto's rules, whatever its predicate. Its subjects may share a name, which in-toto forbids: Tekton
 * Chains names the images of all platforms alike.
 */
export function readInToto(payload: Uint8Array): { statement: Statement } | { fault: string } {
  const json = readExactJson(payload);
  if ('fault' in json) return { fault: `the payload ${json.fault}` };
  const read = schema.safeParse(json.value);
  if (!read.success) return { fault: `no in-toto statement: ${issueLine(read.error)}` };
  // As it was signed: fields that are not known here count when it is compared.
  return { statement: json.value as unknown as Statement };
}

/** A statement as Twinproof makes them, from a payload that somebody has signed. */
export function readStatement(payload: Uint8Array): Read {
  const read = readInToto(payload);
  if ('fault' in read) return read;
  const { statement } = read;
  if (!haveNamesOnce(statement.subject.flatMap(({ name }) => name ?? [])))
    return { fault: 'no in-toto statement: subject: two subjects have the same name' };
  const predicate = readPredicate(statement.predicateType, statement.predicate);
  if (predicate === null) return { unread: statement.predicateType };
  if ('fault' in predicate) return predicate;
  const nameless = statement.subject.find(({ digest }) => !SHA256.test(digest?.sha256 ?? ''));
  return nameless === undefined
    ? { statement }
    : {
        fault: `the subject ${nameless.name ?? ''} has no sha256 digest of 64 lower-case hexadecimal digits`,
      };
}

function issueLine({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.join('.') ?? '';
  return `${place === '' ? '' : `${place}: `}${issue?.message ?? ''}`;
}
