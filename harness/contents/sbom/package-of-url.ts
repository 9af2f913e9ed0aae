import { PackageURL } from 'packageurl-js';
import { ECOSYSTEMS } from '../../packages/registry.ts';
import type { SbomPackage } from './types.ts';

const FORMATS = new Map([...ECOSYSTEMS].map(({ id, purlType }) => [purlType, id]));

/** A package URL in its parts; null where it is none. */
export function parseUrl(text: string): PackageURL | null {
  try {
    return PackageURL.fromString(text);
  } catch {
    return null;
  }
}

/**
 * The installed package that a package URL names; null for source packages, keys that rpm trusts (Syft lists
 * `gpg-pubkey`), and what no package database holds.
 */
export function packageOfUrl(text: string): SbomPackage | null {
  const url = parseUrl(text);
  const format = url === null ? undefined : FORMATS.get(url.type);
  if (url === null || format === undefined || typeof url.version !== 'string') return null;
  const { arch = '', epoch } = (url.qualifiers ?? {}) as Partial<Record<string, string>>;
  if (arch === 'src' || arch === 'source' || (format === 'rpm' && url.name === 'gpg-pubkey')) return null;
  // Trivy has a qualifier for the epoch of Debian's packages, too; others leave it in the version.
  const hasOwn = epoch === undefined || /^\d+:/.test(url.version);
  const version = hasOwn ? url.version : `${epoch}:${url.version}`;
  return { format, name: url.name, version, architecture: arch };
}

/** The digest in the package URL of an image (purl type `oci` or `docker`); null where it has none. */
export function digestOfUrl(text: string): string | null {
  const version = parseUrl(text)?.version;
  return typeof version === 'string' ? digestIn(version) : null;
}

/** A text that is a digest, in lower case as OCI writes it; null for any other. */
export const digestIn = (text: string): string | null =>
  /^sha(?:256|512):[0-9a-f]+$/i.test(text) ? text.toLowerCase() : null;
