import type { Statement } from './statements.ts';

/** What stands at a place in a document that may hold anything. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inside, key) =>
      typeof inside === 'object' && inside !== null && Object.hasOwn(inside, key)
        ? (inside as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

/** What a statement is about: the subject of the run, where it is named. */
export function subjectOf({ predicate, subject: [first] }: Statement): string {
  const named = at(predicate, 'configuration', 1, 'name');
  return typeof named === 'string' ? named : (first?.name ?? `sha256:${first?.digest?.sha256 ?? ''}`);
}

/** Subject and kind of a statement, for people. */
export const nameOf = (statement: Statement): string =>
  `${subjectOf(statement)} (${statement.predicateType})`;

/** Digest of the log that a statement rests on; null where it names none. */
export function logNamedBy({ predicate }: Statement): string | null {
  const evidence = at(predicate, 'attributes', 0, 'evidence');
  const places = [at(predicate, 'configuration', 0), evidence];
  const logs = places
    .filter((place) => at(place, 'name') === 'run.jsonl')
    .map((place) => at(place, 'digest'));
  const digest = [...logs, at(evidence, 'annotations', 'log')]
    .map((log) => at(log, 'sha256'))
    .find((sha256) => typeof sha256 === 'string');
  return typeof digest === 'string' ? `sha256:${digest}` : null;
}
