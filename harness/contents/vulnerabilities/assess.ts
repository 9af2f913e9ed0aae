import { type CellErrorCode, TwinproofError } from '../../errors.ts';
import { type LanguageContents, NO_LANGUAGES, type UnknownFiles } from '../languages/look.ts';
import type { Inventory } from '../types.ts';
import { applyVex, type Excused } from './apply-vex.ts';
import { distributionScope } from './distribution-scope.ts';
import { languageScope, languageTargets } from './language-scope.ts';
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
  /** Packages of programming languages that were looked up, by ecosystem. */
  languages: Record<string, number>;
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
  /** Files of packages of which nothing is known, and why. */
  notLookedAt: (UnknownFiles & { why: string })[];
}

/** What is known of an image, and what it is looked up in. */
export interface Given {
  advisories: string;
  vex: string | null;
  results?: { path: string; where: string } | null;
  languages?: LanguageContents;
}

/**
 * The vulnerabilities of an image, by advisories and statements in given.
 * @throws TwinproofError `unknown` where the advisories cannot tell, `unsupported` without packages, `catalog-invalid`
 */
export async function assess(
  inventory: Inventory,
  given: Given,
  policy: VulnerabilityPolicy,
): Promise<Assessment> {
  const { packages, image } = inventory;
  const { languages = NO_LANGUAGES } = given;
  const scope = scopeOf(inventory);
  const asked = languagesIn(languages);
  const scopes = [scope, ...asked.map((language) => language.scope)];
  const targets = [...targetsOf(packages, scope.label), ...asked.flatMap((language) => language.targets)];
  const wanted = new Set(
    targets.flatMap((one) => [keyOf(one.scope, 'binary', one.name), keyOf(one.scope, 'source', one.source)]),
  );
  const isWanted = (key: string): boolean => wanted.has(key);
  const read = await readAdvisories(given.advisories, { scopes, isWanted, now: policy.now });
  const coverage = read.coverage.get(scope.label) ?? { advisories: 0, newest: null };
  const lack = whyUncovered(coverage, scope.label, policy);
  if (lack !== null) throw fault('unknown', lack);
  const orders = new Map(scopes.map(({ label, compare }) => [label, compare]));
  const matches = matchPackages(targets, read.rules, (label) => orders.get(label) ?? scope.compare);
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
    languages: Object.fromEntries(asked.map((one) => [one.scope.label, one.targets.length])),
    counted: counted.filter((one) => one.undecided === null),
    ...{ tolerated, excused },
    undecided: [
      ...whole.map(({ advisory, why }) => ({ advisory: advisory.id, package: '', why })),
      ...counted.flatMap(({ advisories, package: name, undecided: why }) =>
        why === null ? [] : [{ advisory: advisories[0] ?? '', package: name, why }],
      ),
    ],
    disagreement: scanned === null ? null : merged,
    notLookedAt: [
      ...languages.unknown.map((files) => ({ ...files, why: 'they do not say which packages they bring' })),
      ...asked.flatMap(({ scope: { label }, targets: all, example }) => {
        const why = whyUncovered(read.coverage.get(label) ?? { advisories: 0, newest: null }, label, policy);
        return why === null ? [] : [{ ecosystem: label, files: all.length, example, why }];
      }),
    ],
  };
}

/** Packages of languages by what advisories call them. */
function languagesIn({ packages }: LanguageContents) {
  return [...Map.groupBy(packages, ({ ecosystem }) => ecosystem)].flatMap(([ecosystem, all]) => {
    const scope = languageScope(ecosystem);
    return scope === null
      ? []
      : [{ scope, targets: languageTargets(all, scope), example: all[0]?.path ?? '' }];
  });
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
function whyUncovered(
  { advisories, newest }: Coverage,
  label: string,
  { maxAge, now }: VulnerabilityPolicy,
): string | null {
  if (advisories === 0) return `there is no advisory about ${label}`;
  const age = newest === null ? NaN : daysBetween(newest, now);
  if (age <= maxAge) return null;
  const written =
    newest === null
      ? 'no advisory says when it was written'
      : `the newest advisory is of ${newest.slice(0, 10)}`;
  return `the data about ${label} is older than ${maxAge} days: ${written}`;
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
