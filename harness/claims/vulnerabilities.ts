import { z } from 'zod';
import { daySchema } from '../catalog/claims-schema.ts';
import { readInventory } from '../contents/inventory.ts';
import { type LanguageContents, LanguageLook } from '../contents/languages/look.ts';
import { NO_ECOSYSTEM } from '../contents/languages/programs.ts';
import { assess, type Assessment, type VulnerabilityPolicy } from '../contents/vulnerabilities/assess.ts';
import { SEVERITIES, type Vulnerability } from '../contents/vulnerabilities/types.ts';
import { givenOptions } from '../model/claim.ts';
import { firstBuild, undecided } from './failed-build.ts';
import { listedIn } from './findings.ts';
import type { Claim, ClaimContext, Detail, Failure, Finding } from './types.ts';

const path = z.string().min(1).max(4096);
const days = z.int().min(0).max(3650);
const LANGUAGES = ['looked-at', 'ignored'] as const;
const OPTIONS = z.strictObject({
  advisories: path,
  vex: path.optional(),
  results: path.optional(),
  severity: z.enum(SEVERITIES).optional(),
  fixable: z.boolean().optional(),
  languages: z.enum(LANGUAGES).optional(),
  grace: days.optional(),
  maxAge: days.optional(),
  asOf: daySchema('the day as of which it is asked').optional(),
});
const MAX_AGE = 7;

const MOST_LISTED = 1000;
const MOST_TOLD = 5;

/** No package of the image has a vulnerability that its policy asks about, by the advisories that are given. */
export const vulnerabilities: Claim = {
  id: 'vulnerabilities',
  statement: 'has no known vulnerability',
  passes:
    'by the OSV records and CSAF documents below the folder `advisories`, no package of the databases inside the image (dpkg, rpm, apk) has a vulnerability that is at least of `severity`, `fixable` if that is asked, and older than `grace` days; and neither has a package of a programming language (npm, PyPI, gems, jars, Go modules, crates) that no package of the distribution brings; one that an OpenVEX or CSAF statement below `vex` takes back for this package does not count. What a scanner found (`results`) counts as well. Where a program does not say what it is made of, or the advisories say nothing of a language, it is `error unknown`, unless languages are to be `ignored`',
  fails:
    'one is known; each is named with its package, severity and the version that fixes it. Without data about the distribution, or with data older than `maxAge` days, it is `error unknown`',
  itemised: { causes: ['fix-available', 'no-fix'] },
  // One without a fix is nobody's change; one that gets a fix is new.
  findings: listedIn('vulnerabilities', MOST_LISTED, ({ id, package: name, hasFix }) =>
    hasFix === true ? `${String(id)} in ${String(name)}, which has a fix` : null,
  ),
  options: {
    schema: OPTIONS,
    notes: {
      advisories: {
        example: 'advisories/',
        meaning: 'folder with OSV and CSAF files (`*.json`)',
        path: 'folder',
      },
      vex: { example: 'vex/', meaning: 'folder with OpenVEX and CSAF files (`*.json`)', path: 'folder' },
      results: {
        example: 'grype.cdx.json',
        meaning: 'what a scanner found in this image, in CycloneDX; it counts as well',
        path: 'file',
      },
      severity: {
        example: 'high',
        meaning:
          'the least that counts: `negligible` (default), `low`, `medium`, `high` or `critical`; one that nobody has rated counts always',
        strictness: { order: SEVERITIES, absent: 'negligible' },
      },
      fixable: {
        example: 'true',
        meaning: 'only what has a fix counts',
        strictness: { order: ['false', 'true'], absent: 'false' },
      },
      languages: {
        example: 'ignored',
        meaning:
          '`looked-at` (default): packages of programming languages that no package of the distribution brings are looked up, too; `ignored`: they are named and passed over, and so are programs that do not say what they are made of',
        strictness: { order: LANGUAGES, absent: 'looked-at' },
      },
      grace: {
        example: '7',
        meaning: 'days after it was published for which a vulnerability does not count',
      },
      maxAge: {
        example: '3',
        meaning: `days after which the newest advisory is too old to tell, ${MAX_AGE} unless given`,
      },
      asOf: {
        example: "'2026-11-21'",
        meaning: 'the day as of which it is asked, for results that must not change with the calendar',
      },
    },
  },
  check,
};

async function check(context: ClaimContext): Promise<Finding & { failures?: Failure[] }> {
  const first = firstBuild(context.builds);
  if ('error' in first) return undecided(first.error, context.buildEvidence);
  const given = givenOptions(OPTIONS, context.options);
  const { advisories, vex, results } = context.subject.claimFiles?.vulnerabilities ?? {};
  if (advisories === undefined) {
    const message = '`vulnerabilities` must say which advisories: `{ advisories: FOLDER }`';
    return undecided({ code: 'catalog-invalid', message }, []);
  }
  const policy: VulnerabilityPolicy = {
    severity: given.severity ?? 'negligible',
    fixable: given.fixable ?? false,
    grace: given.grace ?? 0,
    maxAge: given.maxAge ?? MAX_AGE,
    now: given.asOf === undefined ? new Date() : new Date(`${given.asOf}T23:59:59Z`),
  };
  const look = new LanguageLook();
  const { inventory, tree } = await readInventory(await context.image(first.build), look);
  const found = look.contents(inventory, tree);
  const asked = given.languages ?? 'looked-at';
  const languages = asked === 'looked-at' ? found : { packages: [], unknown: allUnknown(found) };
  const scanned = results === undefined ? null : { path: results, where: given.results ?? '' };
  const assessed = await assess(
    inventory,
    { advisories, vex: vex ?? null, results: scanned, languages },
    policy,
  );
  return findingOf(assessed, { asOf: given.asOf ?? null, languages: asked });
}

/** What is to be passed over is told all the same. */
function allUnknown({ packages, unknown }: LanguageContents): LanguageContents['unknown'] {
  const known = [...Map.groupBy(packages, ({ ecosystem }) => ecosystem)].map(([ecosystem, all]) => ({
    ...{ ecosystem, files: new Set(all.map(({ path: file }) => file)).size, example: all[0]?.path ?? '' },
  }));
  return [...known, ...unknown];
}

function findingOf(
  found: Assessment,
  { asOf, languages }: { asOf: string | null; languages: (typeof LANGUAGES)[number] },
): Finding & { failures?: Failure[] } {
  const { notLookedAt, counted, tolerated, excused, undecided: open, coverage, distribution } = found;
  const detail = detailOf(found, asOf);
  const others = notLookedAt.map(otherText);
  const known = `${coverage.advisories} advisories about ${distribution}, the newest of ${coverage.newest?.slice(0, 10) ?? ''}`;
  if (counted.length > 0) {
    const more = counted.length > MOST_TOLD ? ` and ${counted.length - MOST_TOLD} more` : '';
    const summary = `${counted.slice(0, MOST_TOLD).map(told).join('; ')}${more}`;
    return { verdict: 'fail', summary, detail, evidence: [], failures: counted.map(failureOf) };
  }
  if (open.length > 0) {
    const [one] = open;
    const subject = one?.package ?? '';
    const message = `${open.length} cannot be decided: ${one?.advisory ?? ''}${subject === '' ? '' : ` for ${subject}`}: ${one?.why ?? ''}`;
    return { ...undecided({ code: 'unknown', message }, []), detail };
  }
  if (others.length > 0 && languages === 'looked-at') {
    const message = `nothing is known of ${others.join(', ')}: ${notLookedAt[0]?.why ?? ''}`;
    const hint = 'add advisories, or have them scanned by other means and say `languages: ignored`';
    return { ...undecided({ code: 'unknown', message, hint }, []), detail };
  }
  const rest = [
    tolerated.length === 0 ? '' : `; ${tolerated.length} that the policy does not count`,
    excused.length === 0
      ? ''
      : `; ${excused.length} that statements take back, as ${excused[0]?.statement ?? ''} does`,
    others.length === 0 ? '' : `; not looked at: ${others.join(', ')}`,
  ].join('');
  return {
    verdict: 'pass',
    summary: `no ${tolerated.length + excused.length > 0 ? 'vulnerability that counts' : 'known vulnerability'} in ${found.packages} packages${languageText(found.languages)}, by ${known}${rest}`,
    detail,
    evidence: [],
  };
}

/** The first of each kind, where there are many. */
function detailOf(found: Assessment, asOf: string | null): Detail {
  const { notLookedAt, disagreement, counted, tolerated, excused, undecided: open } = found;
  const { coverage, distribution } = found;
  return {
    ...{ distribution, packages: found.packages, asOf, total: counted.length },
    languages: found.languages,
    ...{ advisories: coverage.advisories, newest: coverage.newest, otherDocuments: found.others },
    vulnerabilities: counted.slice(0, MOST_LISTED).map(listed),
    tolerated: tolerated.slice(0, MOST_LISTED).map(listed),
    excused: excused
      .slice(0, MOST_LISTED)
      .map(({ vulnerability, statement, why }) => ({ ...listed(vulnerability), statement, why })),
    undecided: open
      .slice(0, MOST_LISTED)
      .map(({ advisory, package: name, why }) => ({ advisory, package: name, why })),
    notLookedAt: notLookedAt.map((one) => ({ ...one })),
    ...(disagreement === null
      ? {}
      : {
          onlyScanner: disagreement.onlyScanner.slice(0, MOST_LISTED),
          onlyAdvisories: disagreement.onlyAdvisories.slice(0, MOST_LISTED),
        }),
  };
}

const languageText = (languages: Assessment['languages']): string =>
  Object.entries(languages)
    .map(([ecosystem, count]) => ` and ${count} of ${ecosystem}`)
    .join('');

const otherText = ({ ecosystem, files, example }: Assessment['notLookedAt'][number]): string =>
  `${ecosystem === NO_ECOSYSTEM ? 'programs of no package' : `packages of ${ecosystem}`} (${files}, such as ${example})`;

const told = ({ id, package: name, version, severity, fixedIn, hasFix }: Vulnerability): string =>
  `${id} in ${name} ${version} (${severity}, ${fixText(fixedIn, hasFix)})`;

const fixText = (fixedIn: string | null, hasFix: boolean): string =>
  fixedIn !== null ? `fixed in ${fixedIn}` : hasFix ? 'has a fix' : 'no fix';

const listed = ({
  id,
  advisories,
  package: name,
  version,
  severity,
  fixedIn,
  hasFix,
  published,
}: Vulnerability) => ({
  ...{ id, advisories, package: name, version, severity, fixedIn, hasFix, published },
});

const failureOf = ({ id, package: name, hasFix }: Vulnerability): Failure => ({
  place: `${id}/${name}`,
  causes: [hasFix ? 'fix-available' : 'no-fix'],
});
