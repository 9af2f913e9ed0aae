import { splitDebVersion } from '../../packages/dpkg/deb-version.ts';
import { splitEvr } from '../../packages/rpm/rpm-version.ts';
import type { ListedPackage } from '../types.ts';
import type { Target } from './types.ts';

/** The packages of an inventory as advisories name them. @param scope label of that of the distribution */
export const targetsOf = (packages: readonly ListedPackage[], scope: string): Target[] =>
  packages.map((item) => targetOf(item, scope));

function targetOf(item: ListedPackage, scope: string): Target {
  const { name, format, purl, module } = item;
  const [, stream = null] = /^([^:]+:[^:]+)/.exec(module ?? '') ?? [];
  if (format === 'rpm') return { ...rpmTarget(item), name, format, purl, scope, stream };
  const { source = name, sourceVersion = item.version, version } = item;
  const signed = format === 'dpkg' ? signedSource(source, version) : null;
  return { ...{ name, version, format, purl, scope, stream }, ...(signed ?? { source, sourceVersion }) };
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

const DEB_ARCHES = 'amd64|arm64|i386|armhf|armel|ppc64el|s390x|riscv64|loong64|mips64el';
const SIGNED = new RegExp(`^(.+)-signed-(?:${DEB_ARCHES})$|^(.+)-(?:${DEB_ARCHES})-signed$`);

/**
 * Debian and Ubuntu sign kernels and boot loaders in a source package of its own, which no advisory names: `linux-signed-amd64`
 * and `linux-signed` have the binaries of `linux`, `linux-signed-azure` those of `linux-azure`, `grub-efi-amd64-signed` those of
 * `grub2` with a number before their version, `systemd-boot-efi-amd64-signed` those of `systemd`, whose `-` is a `+`.
 */
function signedSource(source: string, version: string): { source: string; sourceVersion: string } | null {
  const [, kernel, loader] = SIGNED.exec(source) ?? [];
  if (kernel !== undefined) return { source: kernel, sourceVersion: version };
  const [, flavour] = /^linux-signed(-.+)?$/.exec(source) ?? [];
  if (source.startsWith('linux-signed')) return { source: `linux${flavour ?? ''}`, sourceVersion: version };
  const { epoch } = splitDebVersion(version);
  const own = (text: string): string => (epoch === '0' ? text : `${epoch}:${text}`);
  if (loader === 'grub-efi' || source === 'grub2-signed')
    return { source: 'grub2', sourceVersion: own(version.replace(/^(?:\d+:)?\d+\+/, '')) };
  if (loader === undefined) return null;
  const original = version.replace(/^\d+:/, '').replace(/\+([^+]*)$/, '-$1');
  return { source: loader.replace(/^systemd-boot-efi$/, 'systemd'), sourceVersion: own(original) };
}
