import { PackageURL } from 'packageurl-js';
import { splitEvr } from '../packages/rpm/rpm-version.ts';
import { ECOSYSTEMS } from '../packages/registry.ts';
import type { InstalledPackage, PackageFormat } from '../packages/types.ts';
import type { Distribution } from './types.ts';

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
  return new PackageURL(
    ECOSYSTEMS.get(format).purlType,
    distribution?.id,
    name,
    plain,
    qualifiers,
    undefined,
  ).toString();
}
