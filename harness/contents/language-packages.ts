import type { Inventory } from './types.ts';

/** Where package managers of programming languages say what they have installed, by ecosystem of OSV. */
const PLACES: readonly (readonly [ecosystem: string, place: RegExp])[] = [
  ['npm', /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/],
  ['PyPI', /\.dist-info\/METADATA$|\.egg-info(?:\/PKG-INFO)?$/],
  ['RubyGems', /(?:^|\/)specifications\/[^/]+\.gemspec$/],
  ['Maven', /\.(?:jar|war|ear|jmod)$/],
  ['Packagist', /(?:^|\/)vendor\/composer\/installed\.json$/],
  ['NuGet', /\.deps\.json$/],
  ['Go', /(?:^|\/)go\.(?:mod|sum)$/],
  ['crates.io', /(?:^|\/)Cargo\.lock$/],
];

/** Files that say so of one ecosystem. */
export interface LanguagePackages {
  ecosystem: string;
  files: number;
  /** One of them. */
  example: string;
}

/**
 * Packages of programming languages that no package of the distribution brings. What a distribution packages is among its own,
 * and so are its fixes.
 */
export function languagePackages({ unowned }: Pick<Inventory, 'unowned'>): LanguagePackages[] {
  return PLACES.flatMap(([ecosystem, place]) => {
    const found = unowned.filter(({ path }) => place.test(path));
    const [first] = found;
    return first === undefined ? [] : [{ ecosystem, files: found.length, example: first.path }];
  });
}
