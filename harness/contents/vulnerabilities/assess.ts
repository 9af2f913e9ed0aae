import { type CellErrorCode, TwinproofError } from '../../errors.ts';
import { languagePackages, type LanguagePackages } from '../language-packages.ts';
import type { Inventory } from '../types.ts';
import { applyVex, type Excused } from './apply-vex.ts';
import { distributionNames } from './distribution-names.ts';
import { type Matches, matchPackages } from './match.ts';
import { type Merged, mergeResults } from './merge-results.ts';
import { orderOf } from './order.ts';
import { keyOf, readAdvisories } from './read-advisories.ts';
import { readVex } from './read-vex.ts';
import { scannerResults } from './scanner-results.ts';
import { isAtLeast } from './severity.ts';
import { targetsOf } from './targets.ts';
import type { Coverage, Severity, Vulnerability } from './types.ts';

/** What an image is asked for. */
export interface VulnerabilityPolicy {
  /** What is less severe does not count. */
  severity: Severity;
  /** Only what has a fix counts. */
  fixable: boolean;
  /** Days for which a vulnerability that was published does not count yet. */
  grace: number;
  /** Days after which the advisories are too old to tell. */
  maxAge: number;
  /** As of when it is asked. */
  now: Date;
}

export interface Assessment {
  /** `Debian:12`. */
  distribution: string;
  packages: number;
  coverage: Coverage;
  /** What the image fails for. */
  counted: Vulnerability[];
  /** What the policy does not ask for. */
  tolerated: Vulnerability[];
  excused: Excused[];
  undecided: Matches['undecided'];
  /** Where a scanner's results and the advisories disagree; null without results. */
  disagreement: Pick<Merged, 'onlyScanner' | 'onlyAdvisories'> | null;
  /** Packages of which nothing is known. */
  notLookedAt: LanguagePackages[];
}

/**
 * The vulnerabilities of an image, by advisories and statements in given.
 * @throws TwinproofError `unknown` where the advisories cannot tell, `unsupported` without packages, `catalog-invalid`
 */
export async function assess(
  inventory: Inventory,
  given: { advisories: string; vex: string | null; results?: { path: string; where: string } | null },
  policy: VulnerabilityPolicy,
): Promise<Assessment> {
  const { packages, distribution, image } = inventory;
  if (packages.length === 0)
    throw fault('unsupported', 'the image has no package database (dpkg, rpm, apk) that lists packages');
  const names = distributionNames(distribution, packages[0]?.format ?? '');
  if (names === null) {
    const said =
      distribution === null ? 'no os-release' : `${distribution.id} ${distribution.version ?? ''}`.trim();
    throw fault(
      'unknown',
      `nobody publishes advisories for its distribution under a name that is known here (${said})`,
    );
  }
  const stranger = packages.find(({ format }) => format !== names.format);
  const compare = orderOf(names.format);
  if (stranger !== undefined || compare === null)
    throw fault(
      'unknown',
      `advisories for ${names.label} say nothing of ${stranger?.name ?? ''} (${stranger?.format ?? names.format})`,
    );
  const targets = targetsOf(packages);
  const wanted = new Set(
    targets.flatMap(({ name, source }) => [keyOf('binary', name), keyOf('source', source)]),
  );
  const isWanted = (key: string): boolean => wanted.has(key);
  const { rules, coverage } = await readAdvisories(given.advisories, {
    names,
    compare,
    isWanted,
    now: policy.now,
  });
  checkCoverage(coverage, names.label, policy);
  const { vulnerabilities, undecided } = matchPackages(targets, rules, compare);
  const statements = given.vex === null ? [] : await readVex(given.vex, names.cpe);
  const results = given.results ?? null;
  const scanned = results === null ? null : await scannerResults(results.path, results.where, inventory);
  const merged = mergeResults(vulnerabilities, scanned ?? []);
  const { open, excused } = applyVex(merged.vulnerabilities, statements, [image.manifest, image.config]);
  const { counted = [], tolerated = [] } = Object.groupBy(open, (one) =>
    counts(one, policy) ? 'counted' : 'tolerated',
  );
  return {
    distribution: names.label,
    packages: packages.length,
    coverage,
    counted,
    tolerated,
    excused,
    undecided,
    disagreement: scanned === null ? null : merged,
    notLookedAt: languagePackages(inventory),
  };
}

const fault = (code: CellErrorCode, message: string): TwinproofError => new TwinproofError(code, message);

const DAY = 24 * 60 * 60 * 1000;
const daysBetween = (from: string, to: Date): number => (to.getTime() - Date.parse(from)) / DAY;

/** No data is not "none". */
function checkCoverage(
  { advisories, newest }: Coverage,
  label: string,
  { maxAge, now }: VulnerabilityPolicy,
): void {
  if (advisories === 0) throw fault('unknown', `there is no advisory about ${label}`);
  const age = newest === null ? NaN : daysBetween(newest, now);
  if (age <= maxAge) return;
  const written =
    newest === null
      ? 'no advisory says when it was written'
      : `the newest advisory is of ${newest.slice(0, 10)}`;
  throw fault('unknown', `the data about ${label} is older than ${maxAge} days: ${written}`);
}

function counts({ severity, fixedIn, published }: Vulnerability, policy: VulnerabilityPolicy): boolean {
  if (!isAtLeast(severity, policy.severity)) return false;
  if (policy.fixable && fixedIn === null) return false;
  // What does not say when it was published may be old.
  const age = published === null ? NaN : daysBetween(published, policy.now);
  return Number.isNaN(age) || age >= policy.grace;
}
