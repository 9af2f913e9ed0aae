import { compareText } from '../../model/text-order.ts';
import { keyOf } from './read-advisories.ts';
import { worst } from './severity.ts';
import type { CompareVersions, Outcome, Rule, Target, Vulnerability } from './types.ts';

/**
 * Which packages are affected. A binary package that an advisory names itself is judged by that alone; else by what it
 * says of its source package. Of several advisories about one vulnerability any can make a package affected.
 * @param compareIn order of versions in a scope
 * @returns one for each package and vulnerability, sorted by both; also those that cannot be decided
 */
export function matchPackages(
  targets: readonly Target[],
  rules: ReadonlyMap<string, readonly Rule[]>,
  compareIn: (scope: string) => CompareVersions,
): Vulnerability[] {
  const found = new Map<string, Vulnerability>();
  for (const target of targets) {
    const { scope, name, source, stream } = target;
    const own = rules.get(keyOf(scope, 'binary', name)) ?? [];
    const named = new Set(own.map(subjectOf));
    const ofSource = (rules.get(keyOf(scope, 'source', source)) ?? []).filter(
      (rule) => !named.has(subjectOf(rule)),
    );
    for (const rule of [...own, ...ofSource]) {
      const version = rule.of === 'binary' ? target.version : target.sourceVersion;
      const outcome = rule.judge(version, stream);
      if (outcome.is !== 'not-affected') add(found, { target, rule, outcome, compare: compareIn(scope) });
    }
  }
  return [...found].sort(([a], [b]) => compareText(a, b)).map(([, one]) => one);
}

/** An advisory may be about several vulnerabilities, and name other packages for each. */
const subjectOf = ({ advisory }: Rule): string => `${advisory.id}\n${advisory.vulnerabilities[0]?.[0] ?? ''}`;

interface Hit {
  target: Target;
  rule: Rule;
  outcome: Exclude<Outcome, { is: 'not-affected' }>;
  compare: CompareVersions;
}

function add(found: Map<string, Vulnerability>, { target, rule, outcome, compare }: Hit): void {
  const { advisory } = rule;
  for (const names of advisory.vulnerabilities) {
    const [id = advisory.id] = names;
    const key = `${target.name}\n${target.version}\n${target.purl}\n${id}`;
    const known = found.get(key);
    const fixedIn = outcome.is === 'affected' ? outcome.fixedIn : null;
    const fixes = [known?.fixedIn ?? null, fixedIn].filter((fix) => fix !== null).toSorted(compare);
    const published = [known?.published, advisory.published]
      .filter((time) => typeof time === 'string')
      .toSorted();
    const isKnown = known?.undecided === null;
    found.set(key, {
      id,
      names: [...new Set([...(known?.names ?? []), ...names])],
      advisories: [...new Set([...(known?.advisories ?? []), advisory.id])].toSorted(),
      ...{ package: target.name, version: target.version, purl: target.purl },
      severity: severityOfBoth(known?.severity ?? null, advisory.severity),
      fixedIn: fixes.at(-1) ?? null,
      hasFix: known?.hasFix === true || outcome.hasFix,
      published: published[0] ?? null,
      undecided: isKnown || outcome.is === 'affected' ? null : outcome.why,
    });
  }
}

/** The worst; where one of two does not rate it, the other's word. */
const severityOfBoth = (known: Vulnerability['severity'] | null, one: Vulnerability['severity']) =>
  known === null ? one : worst([known, one]);
