import { PackageURL } from 'packageurl-js';
import { splitEvr } from '../packages/rpm-version.ts';
import type { InstalledPackage, PackageFormat } from '../packages/types.ts';
import type { Distribution } from './types.ts';

/** Types of package URLs (package-url/purl-spec, "purl types"). */
const TYPES: Record<PackageFormat, string> = { dpkg: 'deb', rpm: 'rpm', apk: 'apk' };

/**
 * The package URL of an installed package. Its namespace is the distribution's ID; for rpm the epoch is a qualifier of its
 * own.
 */
export function packageUrl(
  format: PackageFormat,
  { name, version, architecture }: InstalledPackage,
  distribution: Distribution | null,
): string {
  const distro =
    distribution === null ? null : [distribution.id, distribution.version].filter(Boolean).join('-');
  const evr = splitEvr(version);
  const isRpm = format === 'rpm';
  const qualifiers = {
    ...(architecture === '' ? {} : { arch: architecture }),
    ...(distro === null ? {} : { distro }),
    ...(isRpm && evr.epoch !== '0' ? { epoch: evr.epoch } : {}),
  };
  const plain = isRpm ? [evr.version, evr.release].filter((part) => part !== null).join('-') : version;
  return new PackageURL(TYPES[format], distribution?.id, name, plain, qualifiers, undefined).toString();
}
