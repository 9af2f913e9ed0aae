import { createHash } from 'node:crypto';
import { readExactJson } from '../../attest/exact-json.ts';
import type { Statement } from '../../attest/statements.ts';
import type { Document } from '../../oci/types.ts';
import { type Refusal, refusal } from './signed.ts';

/** Digests that nobody can forge, by their names in in-toto. */
const STRONG = ['sha256', 'sha512'] as const;

/** Digests of those documents of the image that a statement has as its subjects. */
export function subjectsOf({ subject }: Statement, documents: readonly Document[]): string[] | Refusal {
  const about = documents.filter((one) => subject.some(({ digest }) => names(digest ?? {}, one)));
  if (about.length > 0) return about.map(({ digest }) => digest);
  const isWeak = subject.every(({ digest = {} }) => !STRONG.some((name) => Object.hasOwn(digest, name)));
  if (isWeak) {
    const kinds = [...new Set(subject.flatMap(({ digest = {} }) => Object.keys(digest)))];
    return refusal(
      'weak-subject',
      `its subjects have no sha256 or sha512 digest, only ${kinds.slice(0, 5).join(', ')}`,
    );
  }
  const shown = subject.slice(0, 3).map(({ name, digest = {} }) => {
    const [first] = Object.entries(digest);
    return `${name ?? ''}@${(first ?? []).join(':')}`.slice(0, 300);
  });
  return refusal('other-subject', `it is about ${shown.join(', ')}${subject.length > 3 ? ' …' : ''}`);
}

/** Whether digests are those of a document: at least one strong one, and none that is of something else. */
function names(digests: Readonly<Record<string, string>>, { bytes }: Document): boolean {
  const given = STRONG.filter((name) => Object.hasOwn(digests, name));
  return (
    given.length > 0 && given.every((name) => createHash(name).update(bytes).digest('hex') === digests[name])
  );
}

const SIMPLE_TYPE = 'cosign container image signature';

/** The document that cosign v2 signed by its "simple signing" payload. */
export function simpleSubject(payload: Buffer, documents: readonly Document[]): string[] | Refusal {
  const read = readExactJson(payload);
  if ('fault' in read) return refusal('malformed', `the payload ${read.fault}`);
  const critical = at(read.value, 'critical');
  if (at(critical, 'type') !== SIMPLE_TYPE) return refusal('malformed', `the payload is no ${SIMPLE_TYPE}`);
  const digest = at(at(critical, 'image'), 'docker-manifest-digest');
  const about = documents.filter((one) => one.digest === digest);
  return about.length > 0
    ? about.map((one) => one.digest)
    : refusal(
        'other-subject',
        `it is about ${typeof digest === 'string' ? digest.slice(0, 140) : 'nothing'}`,
      );
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
