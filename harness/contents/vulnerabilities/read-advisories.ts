import type { z } from 'zod';
import { CSAF, identityOfCsaf, rulesOfCsaf } from './csaf.ts';
import { OSV, type Read, rulesOfOsv } from './osv.ts';
import { type FolderDocument, documentsIn, invalid } from './read-folder.ts';
import type { Scope } from './scope.ts';
import type { Coverage, Rule } from './types.ts';

/** What a folder of advisories says of the packages of an image. */
export interface Advisories {
  /** By `keyOf`, those of the wanted packages only. */
  rules: ReadonlyMap<string, Rule[]>;
  unplaced: Read['unplaced'];
  /** By label of the scope. */
  coverage: ReadonlyMap<string, Coverage>;
  /** JSON documents that are neither OSV nor CSAF. */
  others: number;
}

interface Wanted {
  scopes: readonly Scope[];
  /** Asked with `keyOf`. */
  isWanted: (key: string) => boolean;
  /** What is later than now was not written then. */
  now: Date;
}

export const keyOf = (scope: string, of: Rule['of'], name: string): string => `${scope} ${of} ${name}`;

/**
 * Reads OSV records and CSAF documents, keeping only what is about wanted packages. Of several releases of one document the
 * last counts, of several of the same time all.
 * @throws TwinproofError `catalog-invalid`
 */
export async function readAdvisories(folder: string, wanted: Wanted): Promise<Advisories> {
  const coverage = new Map<string, Coverage>();
  const releases = new Map<string, Read[]>();
  let others = 0;
  for await (const document of documentsIn(folder)) {
    const source = sourceOf(document, wanted.now);
    if (source === null) others += 1;
    for (const scope of source === null ? [] : wanted.scopes) {
      const read = source?.read(scope);
      if (read?.about !== true) continue;
      const known = coverage.get(scope.label) ?? { advisories: 0, newest: null };
      coverage.set(scope.label, {
        advisories: known.advisories + 1,
        newest: later(known.newest, read.modified, wanted.now),
      });
      const rules = read.rules.filter((rule) => wanted.isWanted(keyOf(rule.scope, rule.of, rule.name)));
      addRelease(releases, `${scope.label} ${source?.identity ?? ''}`, { ...read, rules });
    }
  }
  const rules = new Map<string, Rule[]>();
  const last = [...releases.values()].flat();
  for (const rule of last.flatMap((read) => read.rules)) {
    const key = keyOf(rule.scope, rule.of, rule.name);
    const known = rules.get(key) ?? [];
    known.push(rule);
    rules.set(key, known);
  }
  return { rules, coverage, others, unplaced: last.flatMap(({ unplaced }) => unplaced) };
}

/** By what a document is known, and what it says of a scope; null for what is neither OSV nor CSAF. */
function sourceOf(
  { file, value }: FolderDocument,
  now: Date,
): { identity: string; read: (scope: Scope) => Read } | null {
  if (isCsaf(value)) {
    const csaf = parsed(CSAF, value, file);
    return { identity: identityOfCsaf(csaf), read: (scope) => rulesOfCsaf(csaf, file, scope) };
  }
  if (!isOsv(value)) return null;
  const record = parsed(OSV, value, file);
  return { identity: `osv ${record.id}`, read: (scope) => rulesOfOsv(record, file, scope, now) };
}

/** `schema_version` and `affected` need not be there. */
const isOsv = (value: FolderDocument['value']): boolean =>
  'affected' in value ||
  'schema_version' in value ||
  ('id' in value && 'modified' in value && !('@context' in value));

function addRelease(releases: Map<string, Read[]>, identity: string, read: Read): void {
  const known = releases.get(identity) ?? [];
  const order = timeOf(read) - timeOf(known[0] ?? read);
  if (order > 0) releases.set(identity, [read]);
  else if (order === 0) releases.set(identity, [...known, read]);
}

/** What does not say when it was written is as old as can be. */
const timeOf = ({ modified }: Read): number => Date.parse(modified ?? '') || 0;

/** Whether a document says that it is CSAF, of whatever version. */
export const isCsaf = ({ document }: FolderDocument['value']): boolean =>
  typeof document === 'object' && document !== null && 'csaf_version' in document;

/** @throws TwinproofError `catalog-invalid` with the place in the document */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  file: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(issue === undefined ? 'is not valid' : `/${issue.path.join('/')}: ${issue.message}`, file);
}

const DAY = 24 * 60 * 60 * 1000;

/** The later of two times; one that is to come proves nothing of how old the data is. */
function later(known: string | null, time: string | null, now: Date): string | null {
  const at = time === null ? NaN : Date.parse(time);
  if (Number.isNaN(at) || at > now.getTime() + DAY) return known;
  return known === null || at > Date.parse(known) ? new Date(at).toISOString() : known;
}
