import { z } from 'zod';
import { judgeOsv, OSV_VERSIONS } from './osv-ranges.ts';
import type { Scope } from './scope.ts';
import { severityOfVector, severityOfWord, worst } from './severity.ts';
import type { Advisory, Rule, Severity } from './types.ts';

const SEVERITY = z.array(z.object({ type: z.string(), score: z.string() })).nullish();
const SPECIFIC = z.record(z.string(), z.unknown()).nullish();

const AFFECTED = OSV_VERSIONS.extend({
  package: z.object({ ecosystem: z.string(), name: z.string() }).nullish(),
  severity: SEVERITY,
  ecosystem_specific: SPECIFIC,
  database_specific: SPECIFIC,
});
type Affected = z.output<typeof AFFECTED>;

/** The part of an OSV record (schema 1.7) that says which packages are affected. */
export const OSV = z.object({
  id: z.string().min(1),
  modified: z.string(),
  published: z.string().nullish(),
  withdrawn: z.string().nullish(),
  aliases: z.array(z.string()).nullish(),
  upstream: z.array(z.string()).nullish(),
  severity: SEVERITY,
  affected: z.array(AFFECTED).nullish(),
  database_specific: SPECIFIC,
});
type Osv = z.output<typeof OSV>;

/** What one document says of one scope; `about` is false where it says nothing. */
export interface Read {
  about: boolean;
  modified: string | null;
  rules: Rule[];
  /** What it says of a whole product without naming a package. */
  unplaced: { advisory: Advisory; why: string }[];
}

/** Rules of an OSV record. One that was withdrawn has none, and counts as read. @param now what is to come has not happened */
export function rulesOfOsv(record: Osv, file: string, scope: Scope, now: Date): Read {
  const own = (record.affected ?? []).filter(
    ({ package: item }) => item != null && scope.isOsv?.(item.ecosystem) === true,
  );
  const read = { about: own.length > 0, modified: record.modified, unplaced: [] };
  if (typeof record.withdrawn === 'string' && Date.parse(record.withdrawn) <= now.getTime())
    return { ...read, rules: [] };
  const rules = own.flatMap((affected): Rule[] => {
    const advisory = advisoryOf(record, affected, file);
    const rule = (name: string, of: Rule['of']): Rule => ({
      ...{ advisory, scope: scope.label, name, of },
      judge: (version) => judgeOsv(affected, version, scope),
    });
    const name = scope.normalise(affected.package?.name ?? '');
    return scope.bySource ? [rule(name, 'source')] : [rule(name, 'binary'), rule(name, 'source')];
  });
  return { ...read, rules };
}

function advisoryOf(record: Osv, affected: Affected, file: string): Advisory {
  const { id, modified, published = null, aliases, upstream } = record;
  return {
    ...{ id, modified, published, file },
    vulnerabilities: vulnerabilitiesOf(id, aliases ?? [], upstream ?? []),
    severity: severityOf(record, affected),
  };
}

const isCve = (id: string): boolean => /^CVE-\d{4}-\d+$/.test(id);

/**
 * An advisory of a distribution is about all of `upstream`; each of these is a vulnerability of its own, and so is each of
 * several CVEs among the aliases, as older records have them.
 */
function vulnerabilitiesOf(id: string, aliases: readonly string[], upstream: readonly string[]): string[][] {
  const cves = [...new Set([...[id, ...aliases].filter(isCve), ...upstream])];
  if (cves.length === 0) return [[id, ...aliases]];
  const [only] = cves;
  if (cves.length === 1 && only !== undefined) return [[...new Set([only, id, ...aliases])]];
  return cves.map((cve) => [cve]);
}

/** In the order in which they are believed: the distribution's own word, CVSS vectors, the database's word. */
function severityOf(record: Osv, affected: Affected): Severity {
  const own = [affected.ecosystem_specific, affected.database_specific].flatMap(wordsIn);
  const vectors = affected.severity ?? record.severity ?? [];
  const scored = vectors.map(({ type, score }) =>
    type.startsWith('CVSS') ? severityOfVector(score) : severityOfWord(score),
  );
  const others = wordsIn(record.database_specific);
  for (const found of [own, scored, others]) {
    const severity = worst(found);
    if (severity !== 'unknown') return severity;
  }
  return 'unknown';
}

const wordsIn = (specific: z.output<typeof SPECIFIC>): Severity[] =>
  [specific?.urgency, specific?.severity, specific?.priority].flatMap((word) =>
    typeof word === 'string' ? severityOfWord(word) : [],
  );
