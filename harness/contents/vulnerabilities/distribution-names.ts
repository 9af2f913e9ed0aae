import type { Distribution } from '../types.ts';
import { type Cpe, parseCpe } from './cpe.ts';

/** How advisories name a distribution. */
export interface DistributionNames {
  /** For people: `Debian:12`. */
  label: string;
  /** Id of the package ecosystem that its advisories speak of. */
  format: string;
  /** Whether an OSV ecosystem (with its suffix) is this distribution; null where OSV has none for it. */
  isOsv: ((ecosystem: string) => boolean) | null;
  /** Whether OSV names source packages there; otherwise binary ones, or either. */
  bySource: boolean;
  /** Whether its CSAF documents name every binary package that is affected. */
  listsBinaries?: boolean;
  /** Namespaces of its package URLs beside its id. */
  vendors?: readonly string[];
  /** Null where it has no CPE name. */
  cpe: Cpe | null;
}

type Known = Omit<DistributionNames, 'cpe'> & { cpe?: string };

const major = (version: string): string => version.split('.')[0] ?? '';
const minor = (version: string): string => version.split('.').slice(0, 2).join('.');

/** Ecosystems without a suffix are about all releases (OSV schema, affected[].package). */
const oneOf =
  (...names: string[]) =>
  (ecosystem: string): boolean =>
    names.includes(ecosystem) || names.some((name) => name.split(':')[0] === ecosystem);

/** `Red Hat:enterprise_linux:9::appstream`, `Red Hat:enterprise_linux:10.1`: what follows is the rest of a CPE. */
const redHat =
  (release: string) =>
  (ecosystem: string): boolean => {
    const [name, product, version = ''] = ecosystem.split(':');
    return (
      name === 'Red Hat' &&
      (product === undefined || (product === 'enterprise_linux' && major(version) === release))
    );
  };

/** `SUSE:Linux Enterprise Module for Basesystem 15 SP5`: products of one release share how it ends. */
const suse =
  (release: string) =>
  (ecosystem: string): boolean =>
    ecosystem === 'SUSE' ||
    (ecosystem.startsWith('SUSE:') &&
      ecosystem.endsWith(` ${release}`) &&
      !/LTSS|ESPOS|Live Patching/.test(ecosystem));

/** Releases of Ubuntu under support, also under what only customers get; those for FIPS have versions of their own. */
const ubuntu =
  (release: string) =>
  (ecosystem: string): boolean =>
    ecosystem === 'Ubuntu' ||
    (ecosystem.startsWith('Ubuntu:') &&
      !ecosystem.includes('FIPS') &&
      ecosystem.split(':').some((part) => part === release));

const rpm = (label: string, more: Partial<Known> = {}): Known => ({
  ...{ label, format: 'rpm', isOsv: oneOf(label), bySource: false },
  ...more,
});
const apk = (label: string, bySource: boolean): Known => ({
  label,
  format: 'apk',
  isOsv: oneOf(label),
  bySource,
});

/** By `ID` of os-release(5). A release that advisories have no name for gives null. */
const KNOWN: Record<string, (version: string) => Known | null> = {
  debian: (version) =>
    version === ''
      ? null
      : {
          label: `Debian:${major(version)}`,
          format: 'dpkg',
          isOsv: oneOf(`Debian:${major(version)}`),
          bySource: true,
        },
  ubuntu: (version) =>
    version === ''
      ? null
      : { label: `Ubuntu:${version}`, format: 'dpkg', isOsv: ubuntu(version), bySource: true },
  alpine: (version) => (/^\d+\.\d+(?:\.\d+)?$/.test(version) ? apk(`Alpine:v${minor(version)}`, true) : null),
  wolfi: () => apk('Wolfi', false),
  chainguard: () => apk('Chainguard', false),
  minimos: () => apk('MinimOS', false),
  rhel: (version) =>
    rpm(`Red Hat:enterprise_linux:${major(version)}`, {
      isOsv: redHat(major(version)),
      cpe: `cpe:/o:redhat:enterprise_linux:${major(version)}`,
      vendors: ['redhat'],
    }),
  rocky: (version) => rpm(`Rocky Linux:${major(version)}`),
  almalinux: (version) => rpm(`AlmaLinux:${major(version)}`),
  mageia: (version) => rpm(`Mageia:${version}`),
  photon: (version) => rpm(`Photon OS:${version}`),
  azurelinux: (version) => rpm(`Azure Linux:${major(version)}`),
  mariner: (version) => rpm(`Azure Linux:${major(version)}`),
  'opensuse-leap': (version) =>
    rpm(`openSUSE:Leap ${version}`, {
      cpe: `cpe:/o:opensuse:leap:${version}`,
      vendors: ['opensuse', 'suse'],
    }),
  'opensuse-tumbleweed': () =>
    rpm('openSUSE:Tumbleweed', { cpe: 'cpe:/o:opensuse:tumbleweed', vendors: ['opensuse', 'suse'] }),
  sles: (version) => {
    const [release = '', pack] = version.split('.');
    const name = pack === undefined ? release : `${release} SP${pack}`;
    const cpe = `cpe:/o:suse:sles:${release}${pack === undefined ? '' : `:sp${pack}`}`;
    return rpm(`SUSE:Linux Enterprise ${name}`, { isOsv: suse(name), cpe, vendors: ['suse'] });
  },
  hummingbird: () =>
    rpm('Red Hat hummingbird', {
      isOsv: null,
      cpe: 'cpe:/a:redhat:hummingbird:1',
      listsBinaries: true,
      vendors: ['redhat'],
    }),
};

/**
 * How advisories name the distribution of an image; null where it has no name. One that is not listed here may be named in OSV
 * as in its own os-release, and in CSAF by its CPE.
 * @param format of its packages
 */
export function distributionNames(
  distribution: Distribution | null,
  format: string,
): DistributionNames | null {
  if (distribution === null || distribution.id === '') return null;
  const { id, version, cpe: given } = distribution;
  const names = Object.hasOwn(KNOWN, id)
    ? (KNOWN[id]?.(version ?? '') ?? null)
    : unlisted(id, version, format);
  return names === null ? null : { ...names, cpe: parseCpe(given ?? names.cpe ?? '') };
}

function unlisted(id: string, version: string | null, format: string): Known {
  const label = version === null ? id : `${id}:${version}`;
  return { label, format, isOsv: oneOf(label), bySource: false };
}
