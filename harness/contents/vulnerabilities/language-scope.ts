import { PackageURL } from 'packageurl-js';
import type { FoundPackage } from '../languages/types.ts';
import { gem, maven, pep440, semver, type VersionOrder } from '../languages/version-orders.ts';
import type { Scope } from './scope.ts';
import type { Target } from './types.ts';

interface Language {
  purlType: string;
  order: VersionOrder;
  normalise?: (name: string) => string;
}

/** By ecosystem of OSV. */
const LANGUAGES: Record<string, Language> = {
  npm: { purlType: 'npm', order: semver },
  // PEP 503
  PyPI: {
    purlType: 'pypi',
    order: pep440,
    normalise: (name) => name.toLowerCase().replaceAll(/[-_.]+/g, '-'),
  },
  RubyGems: { purlType: 'gem', order: gem },
  Go: { purlType: 'golang', order: semver },
  'crates.io': { purlType: 'cargo', order: semver },
  Maven: { purlType: 'maven', order: maven },
};

/** What advisories call the packages of a language; null for one that is not known here. */
export function languageScope(ecosystem: string): Scope | null {
  const language = Object.hasOwn(LANGUAGES, ecosystem) ? LANGUAGES[ecosystem] : undefined;
  if (language === undefined) return null;
  const { purlType, order, normalise = (name: string): string => name } = language;
  return {
    ...{ label: ecosystem, purlType, normalise, ...order },
    // `Maven:https://repo.example` names another repository of the same packages.
    isOsv: (name) => name.split(':')[0] === ecosystem,
    ...{ bySource: false, listsBinaries: true, hasReleases: false, cpe: null },
    isOurUrl: ({ type }) => type === purlType,
  };
}

/** Packages of a language as advisories name them. */
export function languageTargets(packages: readonly FoundPackage[], scope: Scope): Target[] {
  return packages.map(({ name: given, version }) => {
    const name = scope.normalise(given);
    return {
      ...{ scope: scope.label, format: scope.purlType, name, version, stream: null },
      // Nothing is built from a source package of another name.
      ...{ source: name, sourceVersion: version, purl: urlOf(name, version, scope.purlType) },
    };
  });
}

function urlOf(name: string, version: string, type: string): string {
  const at = name.lastIndexOf(type === 'maven' ? ':' : '/');
  const isParted = at > 0 && ['npm', 'golang', 'maven'].includes(type);
  const namespace = isParted ? name.slice(0, at) : undefined;
  return new PackageURL(
    type,
    namespace,
    isParted ? name.slice(at + 1) : name,
    version,
    undefined,
    undefined,
  ).toString();
}
