import { compareText } from '../../model/text-order.ts';
import { keyOf } from './read-advisories.ts';
import { worst } from './severity.ts';
import type { CompareVersions, Rule, Target, Undecided, Vulnerability } from './types.ts';

/** What advisories say of the packages of an image. */
export interface Matches {
  /** One for each package and vulnerability; sorted by both. */
  vulnerabilities: Vulnerability[];
  undecided: Undecided[];
}

/**
 * Which packages are affected. A binary package that an advisory names itself is judged by that alone; else by what it
 * says of its source package. Of several advisories about one vulnerability any can make a package affected.
 */
export function matchPackages(
  targets: readonly Target[],
  rules: ReadonlyMap<string, readonly Rule[]>,
  compare: CompareVersions,
): Matches {
  const found = new Map<string, Vulnerability>();
  const undecided: Undecided[] = [];
  for (const target of targets) {
    const own = rules.get(keyOf('binary', target.name)) ?? [];
    const named = new Set(own.map(({ advisory }) => advisory.id));
    const ofSource = (rules.get(keyOf('source', target.source)) ?? []).filter(
      ({ advisory }) => !named.has(advisory.id),
    );
    for (const rule of [...own, ...ofSource]) {
      const version = rule.of === 'binary' ? target.version : target.sourceVersion;
      const outcome = rule.judge(version);
      if (outcome.is === 'undecided')
        undecided.push({ advisory: rule.advisory.id, package: target.name, why: outcome.why });
      else if (outcome.is === 'affected') add(found, { target, rule, fixedIn: outcome.fixedIn, compare });
    }
  }
  const sorted = [...found].sort(([a], [b]) => compareText(a, b)).map(([, one]) => one);
  return { vulnerabilities: sorted, undecided };
}

interface Hit {
  target: Target;
  rule: Rule;
  fixedIn: string | null;
  compare: CompareVersions;
}

function add(found: Map<string, Vulnerability>, { target, rule, fixedIn, compare }: Hit): void {
  const { advisory } = rule;
  for (const names of advisory.vulnerabilities) {
    const [id = advisory.id] = names;
    const key = `${target.name}\n${target.version}\n${id}`;
    const known = found.get(key);
    const fixes = [known?.fixedIn ?? null, fixedIn].filter((fix) => fix !== null).toSorted(compare);
    const published = [known?.published, advisory.published]
      .filter((time) => typeof time === 'string')
      .toSorted();
    found.set(key, {
      id,
      names: [...new Set([...(known?.names ?? []), ...names])],
      advisories: [...new Set([...(known?.advisories ?? []), advisory.id])].toSorted(),
      package: target.name,
      version: target.version,
      purl: target.purl,
      severity: worst([known?.severity ?? 'unknown', advisory.severity]),
      fixedIn: fixes.at(-1) ?? null,
      published: published[0] ?? null,
    });
  }
}
