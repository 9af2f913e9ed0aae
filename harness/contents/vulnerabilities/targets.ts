import { splitDebVersion } from '../../packages/dpkg/deb-version.ts';
import { splitEvr } from '../../packages/rpm/rpm-version.ts';
import type { ListedPackage } from '../types.ts';
import type { Target } from './types.ts';

/** The packages of an inventory as advisories name them. */
export const targetsOf = (packages: readonly ListedPackage[]): Target[] => packages.map(targetOf);

function targetOf(item: ListedPackage): Target {
  const { name, format, purl } = item;
  if (format === 'rpm') return { ...rpmTarget(item), name, format, purl };
  const { source = name, sourceVersion = item.version, version } = item;
  const signed = format === 'dpkg' ? signedSource(source, version) : null;
  return { ...{ name, version, format, purl }, ...(signed ?? { source, sourceVersion }) };
}

/** An rpm without an epoch has 0; the name of a source package does not tell its. */
function rpmTarget({
  name,
  version,
  source = '',
}: ListedPackage): Pick<Target, 'version' | 'source' | 'sourceVersion'> {
  const { epoch, version: upstream, release } = splitEvr(version);
  const plain = release === null ? upstream : `${upstream}-${release}`;
  const [, sourceName, sourceVersion] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(source) ?? [];
  return {
    version: `${epoch}:${plain}`,
    source: sourceName ?? name,
    sourceVersion: sourceVersion ?? plain,
  };
}

/**
 * Debian signs kernels and boot loaders in a source package of its own, which no advisory names: `linux-signed-amd64` has
 * the binaries of `linux`, `grub-efi-amd64-signed` those of `grub2` with a number before their version.
 */
function signedSource(source: string, version: string): { source: string; sourceVersion: string } | null {
  const [, name] = /^(.+)-signed-[a-z0-9]+$/.exec(source) ?? [];
  if (name !== undefined) return { source: name, sourceVersion: version };
  if (!/^grub-efi-[a-z0-9]+-signed$/.test(source)) return null;
  const { epoch } = splitDebVersion(version);
  const original = version.replace(/^(?:\d+:)?\d+\+/, '');
  return { source: 'grub2', sourceVersion: epoch === '0' ? original : `${epoch}:${original}` };
}
