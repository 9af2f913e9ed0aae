import type { EntryDiff } from '../compare/types.ts';
import { datesIn } from './dates.ts';

/** Files that name the version of what lies beside them, and the line that does. */
const MANIFESTS: readonly [name: RegExp, version: RegExp][] = [
  [/^(?:package|composer|META)\.json$/, /^\s*"version"\s*:\s*"([^"]+)"/m],
  [/^(?:PKG-INFO|METADATA|DESCRIPTION)$/, /^Version:\s*(\S+)$/m],
  [/^(?:Cargo|pyproject)\.toml$|^setup\.cfg$/, /^version\s*=\s*["']?([^"'\s]+)/m],
  [/^META\.yml$|\.cabal$/, /^version:\s*["']?([^"'\s]+)/im],
  [/^pom\.xml$/, /<version>([^<]+)<\/version>/],
  [/\.gemspec$/, /\bversion\s*=\s*["']([^"']+)/],
  [/^configure\.(?:ac|in)$/, /^AC_INIT\([^,]+,\s*\[?([\w.+~-]+)/m],
  [/^CMakeLists\.txt$/, /^\s*(?:project\s*\([^)]*\b)?VERSION\s+"?(\d[\w.]*)/im],
  [/^(?:meson\.build|mix\.exs)$/, /\bversion\s*:\s*["']([^"']+)/],
  [/^VERSION$/, /^v?(\d+\.\d[\w.+~-]*)\s*$/m],
  [/^(?:__init__|__about__|_?version|__version__)\.py$/, /^__version__\s*=\s*["']([^"']+)/m],
];

const DISTRIBUTION = /^((?:.*\/)?)([^/]+?)-([^/-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info(?:\/|$)/;

/** Made from the clock or the repository, as builds from one source are, too. */
const isMade = (version: string): boolean =>
  datesIn(version).length > 0 ||
  /\d{8}/.test(version) ||
  /(?:^|[-+.~])g?[0-9a-f]{7,40}(?:$|[-+.])/.test(version);

const lines = (diff: string, sign: string): string =>
  diff
    .split('\n')
    .filter((line) => line.startsWith(sign))
    .map((line) => line.slice(1))
    .join('\n');

/** The two versions that a manifest names, or null. */
function versionsIn({ path, diff }: EntryDiff): [string, string] | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const form = MANIFESTS.find(([known]) => known.test(name))?.[1];
  if (form === undefined || diff === undefined) return null;
  const body = diff.slice(Math.max(0, diff.search(/^@@ /m)));
  const [a, b] = [form.exec(lines(body, '-'))?.[1], form.exec(lines(body, '+'))?.[1]];
  return a === undefined || b === undefined || a === b || (isMade(a) && isMade(b)) ? null : [a, b];
}

/** Names of Python distributions and of what they install differ in such letters. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[-.]/g, '_');

/** Folders, and what Python has installed beside the metadata, of which the two images have other versions. */
export class FolderVersions {
  readonly #byFolder = new Map<string, string>();
  /** By folder of the metadata and name. */
  readonly #installed = new Map<string, string>();

  constructor(entries: readonly EntryDiff[]) {
    for (const entry of entries) {
      const folder = entry.path.slice(0, Math.max(0, entry.path.lastIndexOf('/')));
      const versions = versionsIn(entry);
      if (versions === null || folder === '') continue;
      const name = folder.slice(folder.lastIndexOf('/') + 1);
      this.#byFolder.set(folder, `${name} ${versions[0]} in A, ${versions[1]} in B`);
    }
    this.#addDistributions(entries);
  }

  #addDistributions(entries: readonly EntryDiff[]): void {
    const gone = new Map<string, string>();
    const found = ({ change, path }: EntryDiff, wanted: EntryDiff['change']): string[] =>
      (change === wanted ? DISTRIBUTION.exec(path) : null) ?? [];
    for (const entry of entries) {
      const [, folder = '', name = '', version = ''] = found(entry, 'removed');
      if (version !== '') gone.set(`${folder}${plain(name)}`, version);
    }
    for (const entry of entries) {
      const [, folder = '', name = '', version = ''] = found(entry, 'added');
      const before = gone.get(`${folder}${plain(name)}`);
      if (before === undefined || before === version || (isMade(before) && isMade(version))) continue;
      this.#installed.set(`${folder}${plain(name)}`, `${name} ${before} in A, ${version} in B`);
    }
  }

  /** `left-pad 1.1.0 in A, 1.2.0 in B`, else empty. */
  of(path: string): string {
    if (this.#byFolder.size === 0 && this.#installed.size === 0) return '';
    for (let at = path.lastIndexOf('/'); ; at = path.lastIndexOf('/', at - 1)) {
      const [parent, name] = [path.slice(0, at + 1), path.slice(at + 1).split('/')[0] ?? ''];
      const installed = this.#installed.get(`${parent}${plain(name.split('.')[0] ?? '')}`);
      const found = installed ?? this.#byFolder.get(path.slice(0, Math.max(0, at)));
      if (found !== undefined) return found;
      if (at <= 0) return '';
    }
  }
}
