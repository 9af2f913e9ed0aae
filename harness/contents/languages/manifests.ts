import type { Evidence } from './types.ts';

const NPM = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/;
const PYPI = /\.dist-info\/METADATA$|\.egg-info(?:\/PKG-INFO)?$/;
const GEM = /(?:^|\/)specifications\/(?:default\/)?[^/]+\.gemspec$/;
/** What is not read: that there is something is all that is known. */
const OTHERS: readonly (readonly [ecosystem: string, place: RegExp])[] = [
  ['Packagist', /(?:^|\/)vendor\/composer\/installed\.json$/],
  ['NuGet', /\.deps\.json$/],
  ['Go', /(?:^|\/)go\.(?:mod|sum)$/],
  ['crates.io', /(?:^|\/)Cargo\.lock$/],
];

/** What a package manager of a language says in a file that it has installed; null where a file is none of those. */
export function manifestEvidence(path: string, content: () => Buffer | null): Evidence | null {
  if (NPM.test(path)) return evidenceOf('npm', npmPackage(content()));
  if (PYPI.test(path)) return evidenceOf('PyPI', pypiPackage(content()));
  if (GEM.test(path)) return evidenceOf('RubyGems', gemPackage(content()));
  const [ecosystem] = OTHERS.find(([, place]) => place.test(path)) ?? [];
  return ecosystem === undefined ? null : { ecosystem, packages: [], complete: false };
}

/** Whether the path alone says that a file is a manifest. */
export const isManifest = (path: string): boolean => manifestEvidence(path, () => null) !== null;

interface Named {
  name: string;
  version: string;
}

const evidenceOf = (ecosystem: string, found: Named | null): Evidence => ({
  ecosystem,
  packages: found === null ? [] : [{ ecosystem, ...found }],
  complete: found !== null,
});

const named = (name: unknown, version: unknown): Named | null =>
  typeof name === 'string' && typeof version === 'string' && name !== '' && version !== ''
    ? { name, version }
    : null;

function npmPackage(content: Buffer | null): Named | null {
  try {
    const value: unknown = JSON.parse(content?.toString('utf8') ?? '');
    const { name, version } = (value ?? {}) as { name?: unknown; version?: unknown };
    return named(name, version);
  } catch {
    return null;
  }
}

/** Core metadata: headers as in a mail, before the first empty line. */
function pypiPackage(content: Buffer | null): Named | null {
  const [head = ''] = (content?.toString('utf8') ?? '').split(/\r?\n\r?\n/, 1);
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:[ \\t]*(\\S+)`, 'im').exec(head)?.[1];
  return named(field('Name'), field('Version'));
}

/** `s.name = "rack".freeze`, as RubyGems writes specifications. */
function gemPackage(content: Buffer | null): Named | null {
  const text = content?.toString('utf8') ?? '';
  const field = (name: string): string | undefined =>
    new RegExp(`^\\s*\\w+\\.${name}\\s*=\\s*(?:Gem::Version\\.new\\(?\\s*)?["']([^"'#]+)["']`, 'm').exec(
      text,
    )?.[1];
  return named(field('name'), field('version'));
}
