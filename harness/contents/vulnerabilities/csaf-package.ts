import { parseUrl } from '../sbom/package-of-url.ts';
import type { Leaf } from './csaf-leaf.ts';
import { parseRange, type VersionRange } from './version-range.ts';

/** A package as a document of a vendor names it. */
export interface NamedPackage {
  name: string;
  /** `[epoch:]version-release`; null where it is about all versions, or about those of the range. */
  version: string | null;
  /** Undefined: the document names versions in a way that is not read. */
  range: VersionRange | undefined;
  /** `either` where the document does not tell. */
  of: 'source' | 'binary' | 'either';
  /** `nodejs:18` */
  module: string | null;
  /** Its package URL, and what is asked of it; null where it has none. */
  url: { text: string; type: string; namespace: string | null; distro: string | null } | null;
}

const ARCHES =
  'noarch|src|nosrc|x86_64|x86_64_v2|i[3-6]86|aarch64|ppc64|ppc64le|s390|s390x|armv[5-7]h?n?l|riscv64|ia64|loongarch64';
/** `name-epoch:version-release.arch`. */
const NEVRA = new RegExp(String.raw`^(.+)-(?:(\d+):)?([^-:\s]+)-([^-:\s]+)\.(${ARCHES})$`);
/** Without architecture it must look like a version: `java-1.8.0-openjdk` is a name. */
const NEVR = /^(.+)-(?:(\d+):)?(\d[^-:\s]*)-(\d[^-:\s]*)$/;

/** Types of package URLs of images: what holds packages is none. */
const WHOLES = new Set(['oci', 'docker']);

/**
 * What a product names as a package: what its package URLs say; without any, what its id or name says as rpm writes it, or
 * the branches that lead to it, or just a name. A product with a CPE name alone is a platform.
 */
export function packagesOf(leaf: Leaf): NamedPackage[] {
  if (leaf.purls.length > 0) return leaf.purls.flatMap((url) => packageOfUrl(url, leaf) ?? []);
  if (leaf.cpe !== null) return [];
  const texts = [...new Set([leaf.id, leaf.name])];
  for (const text of texts) {
    const found = packageOfText(text);
    if (found !== null) return [found];
  }
  const { productName } = leaf;
  const versions = versionsOfBranch(leaf);
  if (productName !== null && versions !== null) return [{ ...ANY, name: productName, ...versions }];
  return texts.filter((text) => !/\s/.test(text)).map(packageOfName);
}

const ANY = { version: null, range: null, of: 'either', module: null, url: null } as const;

/** The module may stand before or after it: `nodejs:18/nodejs`, `nodejs-1:18.20.1-1.el9.x86_64::nodejs:18`. */
function withoutModule(text: string): { plain: string; module: string | null } {
  const [, behind] = /::([^:/\s]+:[^:/\s]+)/.exec(text) ?? [];
  const [, before] = /^([^:/\s]+:[^:/\s]+)(?::[^/\s]*)?\//.exec(text) ?? [];
  return { plain: text.replace(/::.*$/s, '').replace(/^.*\//s, ''), module: behind ?? before ?? null };
}

function packageOfText(text: string): NamedPackage | null {
  const { plain, module } = withoutModule(text);
  const [, name, epoch, version, release, arch] = NEVRA.exec(plain) ?? NEVR.exec(plain) ?? [];
  if (name === undefined || version === undefined || release === undefined) return null;
  const evr = `${epoch === undefined ? '' : `${epoch}:`}${version}-${release}`;
  const of = arch === undefined ? 'either' : arch === 'src' || arch === 'nosrc' ? 'source' : 'binary';
  return { ...ANY, name, version: evr, of, module };
}

function packageOfName(text: string): NamedPackage {
  const { plain, module } = withoutModule(text);
  const [, source] = /^(.+)\.src$/.exec(plain) ?? [];
  return { ...ANY, name: source ?? plain, of: source === undefined ? 'either' : 'source', module };
}

/** Versions that the branch of a product stands for; null where it stands for none. */
function versionsOfBranch({ branch }: Leaf): Pick<NamedPackage, 'version' | 'range'> | null {
  if (branch?.category === 'product_version_range') return { version: null, range: parseRange(branch.name) };
  if (branch?.category === 'product_version' && /^v?\d/.test(branch.name))
    return { version: branch.name.replace(/^v(?=\d)/, ''), range: null };
  return null;
}

function packageOfUrl(text: string, leaf: Leaf): NamedPackage | null {
  const url = parseUrl(text);
  if (url === null || WHOLES.has(url.type)) return null;
  const ids = { text, type: url.type, namespace: url.namespace ?? null };
  // A module stands for the package of its name.
  const stream = streamOfUrl(text);
  if (stream !== null)
    return { ...ANY, name: url.name, module: stream, url: { ...ids, type: 'rpm', distro: null } };
  const { arch, epoch, rpmmod, distro } = (url.qualifiers ?? {}) as Partial<Record<string, string>>;
  const plain = typeof url.version === 'string' && url.version !== '' ? url.version : null;
  const versions =
    plain === null
      ? (versionsOfBranch(leaf) ?? { version: null, range: null })
      : { version: epoch === undefined ? plain : `${epoch}:${plain}`, range: null };
  const isSource = arch === 'src' || arch === 'source' || arch === 'nosrc';
  const [, module] = /^([^:]+:[^:]+)/.exec(rpmmod ?? '') ?? [];
  return {
    ...{ name: url.name, ...versions, of: isSource ? 'source' : arch === undefined ? 'either' : 'binary' },
    module: module ?? withoutModule(leaf.id).module,
    url: { ...ids, distro: distro ?? null },
  };
}

/** `pkg:rpmmod/redhat/nodejs@18:9040020240101:rhel9` is the stream `nodejs:18`; null for all else. */
export function streamOfUrl(text: string): string | null {
  const url = text.startsWith('pkg:rpmmod/') ? parseUrl(text) : null;
  const [stream] = (url?.version ?? '').split(':');
  return url === null || stream === undefined || stream === '' ? null : `${url.name}:${stream}`;
}
