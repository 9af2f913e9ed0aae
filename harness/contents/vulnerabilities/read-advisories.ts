import type { z } from 'zod';
import { CSAF, rulesOfCsaf } from './csaf.ts';
import type { DistributionNames } from './distribution-names.ts';
import { OSV, type Read, rulesOfOsv } from './osv.ts';
import { type FolderDocument, documentsIn, invalid } from './read-folder.ts';
import type { CompareVersions, Coverage, Rule } from './types.ts';

/** What a folder of advisories says of the packages of an image. */
export interface Advisories {
  /** By `of name`, those of the wanted packages only. */
  rules: ReadonlyMap<string, Rule[]>;
  coverage: Coverage;
  /** JSON documents that are neither OSV nor CSAF. */
  others: number;
}

interface Wanted {
  names: DistributionNames;
  compare: CompareVersions;
  /** Asked with `of name`. */
  isWanted: (key: string) => boolean;
  /** What is later than now was not written then. */
  now: Date;
}

export const keyOf = (of: Rule['of'], name: string): string => `${of} ${name}`;

/**
 * Reads OSV records and CSAF documents, keeping only what is about wanted packages.
 * @throws TwinproofError `catalog-invalid`
 */
export async function readAdvisories(folder: string, wanted: Wanted): Promise<Advisories> {
  const rules = new Map<string, Rule[]>();
  let [advisories, others] = [0, 0];
  let newest: string | null = null;
  for await (const document of documentsIn(folder)) {
    const read = readOne(document, wanted);
    if (read === null) others += 1;
    if (read?.about !== true) continue;
    advisories += 1;
    newest = later(newest, read.modified, wanted.now);
    for (const rule of read.rules) {
      const key = keyOf(rule.of, rule.name);
      if (wanted.isWanted(key)) rules.set(key, [...(rules.get(key) ?? []), rule]);
    }
  }
  return { rules, coverage: { advisories, newest }, others };
}

function readOne({ file, value }: FolderDocument, wanted: Wanted): Read | null {
  if ('affected' in value || 'schema_version' in value)
    return rulesOfOsv(parsed(OSV, value, file), file, wanted);
  return isCsaf(value) ? rulesOfCsaf(parsed(CSAF, value, file), file, wanted) : null;
}

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
