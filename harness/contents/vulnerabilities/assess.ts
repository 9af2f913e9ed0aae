import { type CellErrorCode, TwinproofError } from '../../errors.ts';
import { languagePackages, type LanguagePackages } from '../language-packages.ts';
import type { Inventory } from '../types.ts';
import { applyVex, type Excused } from './apply-vex.ts';
import { distributionScope } from './distribution-scope.ts';
import { matchPackages } from './match.ts';
import { type Merged, mergeResults } from './merge-results.ts';
import { orderOf } from './order.ts';
import { keyOf, readAdvisories } from './read-advisories.ts';
import { readVex } from './read-vex.ts';
import { scannerResults } from './scanner-results.ts';
import { isAtLeast } from './severity.ts';
import { targetsOf } from './targets.ts';
import type { Advisory, Coverage, Severity, Undecided, Vulnerability } from './types.ts';

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
  /** JSON documents in the folder of advisories that are none. */
  others: number;
  /** What the image fails for. */
  counted: Vulnerability[];
  /** What the policy does not ask for. */
  tolerated: Vulnerability[];
  excused: Excused[];
  /** What would count if it could be decided. */
  undecided: Undecided[];
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
  const { packages, image } = inventory;
  const scope = scopeOf(inventory);
  const targets = targetsOf(packages, scope.label);
  const wanted = new Set(
    targets.flatMap(({ name, source }) => [
      keyOf(scope.label, 'binary', name),
      keyOf(scope.label, 'source', source),
    ]),
  );
  const isWanted = (key: string): boolean => wanted.has(key);
  const scopes = [scope];
  const read = await readAdvisories(given.advisories, { scopes, isWanted, now: policy.now });
  const coverage = read.coverage.get(scope.label) ?? { advisories: 0, newest: null };
  checkCoverage(coverage, scope.label, policy);
  const matches = matchPackages(targets, read.rules, () => scope.compare);
  const statements = given.vex === null ? [] : await readVex(given.vex, scopes);
  const results = given.results ?? null;
  const scanned = results === null ? null : await scannerResults(results.path, results.where, inventory);
  const merged = mergeResults(matches, scanned ?? []);
  const { open, excused } = applyVex(merged.vulnerabilities, statements, [image.manifest, image.config]);
  const { counted = [], tolerated = [] } = Object.groupBy(open, (one) =>
    counts(one, policy) ? 'counted' : 'tolerated',
  );
  const whole = read.unplaced.filter(({ advisory }) => countsWhole(advisory, policy));
  return {
    ...{ distribution: scope.label, packages: packages.length, coverage, others: read.others },
    counted: counted.filter((one) => one.undecided === null),
    ...{ tolerated, excused },
    undecided: [
      ...whole.map(({ advisory, why }) => ({ advisory: advisory.id, package: '', why })),
      ...counted.flatMap(({ advisories, package: name, undecided: why }) =>
        why === null ? [] : [{ advisory: advisories[0] ?? '', package: name, why }],
      ),
    ],
    disagreement: scanned === null ? null : merged,
    notLookedAt: languagePackages(inventory),
  };
}

/** @throws TwinproofError `unknown`, `unsupported` without packages */
function scopeOf({ packages, distribution }: Inventory) {
  const [first] = packages;
  if (first === undefined)
    throw fault('unsupported', 'the image has no package database (dpkg, rpm, apk) that lists packages');
  const scope = distributionScope(distribution, first.format);
  if (scope === null) {
    const said =
      distribution === null ? 'no os-release' : `${distribution.id} ${distribution.version ?? ''}`.trim();
    throw orderOf(first.format) === null
      ? fault('unknown', `nobody knows the order of versions of ${first.format} packages here`)
      : fault(
          'unknown',
          `nobody publishes advisories for its distribution under a name that is known here (${said})`,
        );
  }
  const stranger = packages.find(({ format }) => format !== scope.format);
  if (stranger !== undefined)
    throw fault(
      'unknown',
      `advisories for ${scope.label} say nothing of ${stranger.name} (${stranger.format})`,
    );
  return scope;
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

function counts({ severity, hasFix, published }: Vulnerability, policy: VulnerabilityPolicy): boolean {
  if (policy.fixable && !hasFix) return false;
  return isAsked({ severity, published }, policy);
}

const countsWhole = (advisory: Advisory, policy: VulnerabilityPolicy): boolean =>
  !policy.fixable && isAsked(advisory, policy);

function isAsked(
  { severity, published }: Pick<Advisory, 'severity' | 'published'>,
  { severity: least, grace, now }: VulnerabilityPolicy,
): boolean {
  if (!isAtLeast(severity, least)) return false;
  // What does not say when it was published may be old.
  const age = published === null ? NaN : daysBetween(published, now);
  return Number.isNaN(age) || age >= grace;
}
