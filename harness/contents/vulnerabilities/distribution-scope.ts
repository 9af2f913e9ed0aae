import { ECOSYSTEMS } from '../../packages/registry.ts';
import type { Distribution } from '../types.ts';
import { type DistributionNames, distributionNames } from './distribution-names.ts';
import { orderOf } from './order.ts';
import type { Scope } from './scope.ts';

/** Releases by the name that package URLs give them in `distro`. */
const CODENAMES: Record<string, string> = {
  ...{ buster: '10', bullseye: '11', bookworm: '12', trixie: '13', forky: '14' },
  ...{ focal: '20.04', jammy: '22.04', noble: '24.04', plucky: '25.04', questing: '25.10' },
};

/**
 * What advisories call the packages of an image's distribution; null where it has no name, or its versions no order that is
 * known here.
 * @param format of its packages
 */
export function distributionScope(
  distribution: Distribution | null,
  format: string,
): (Scope & { format: string }) | null {
  const names = distributionNames(distribution, format);
  const compare = names === null ? null : orderOf(names.format);
  if (names === null || compare === null || distribution === null) return null;
  const { purlType } = ECOSYSTEMS.get(names.format);
  return {
    ...{ label: names.label, isOsv: names.isOsv, bySource: names.bySource, cpe: names.cpe },
    ...{ format: names.format, purlType, compare },
    listsBinaries: names.listsBinaries ?? false,
    normalise: (name) => name,
    canCompare: () => true,
    hasReleases: true,
    isOurUrl: ({ type, namespace, distro }) =>
      type === purlType && isOurVendor(namespace, distribution, names) && isOurRelease(distro, distribution),
  };
}

const isOurVendor = (
  namespace: string | null,
  { id }: Distribution,
  { vendors = [] }: DistributionNames,
): boolean => namespace !== null && [id, ...vendors].includes(namespace.toLowerCase());

/** `debian-12`, `bookworm`; what is written in another way may be any release. */
function isOurRelease(distro: string | null, { id, version }: Distribution): boolean {
  if (distro === null || version === null) return true;
  const named = Object.hasOwn(CODENAMES, distro) ? CODENAMES[distro] : undefined;
  const said = named ?? /^[a-z-]*?-?(\d[\w.]*)$/i.exec(distro)?.[1];
  if (said === undefined) return !distro.startsWith(`${id}-`) || distro === `${id}-${version}`;
  return said === version || version.startsWith(`${said}.`) || said.startsWith(`${version}.`);
}
