/** The part of a CPE name that says which product it is (NISTIR 7695); without version or update it is any. */
export interface Cpe {
  vendor: string;
  product: string;
  version: string;
  update: string;
}

const ANY = new Set(['', '*', '-']);

/** Reads `cpe:/a:redhat:hummingbird:1` and `cpe:2.3:a:redhat:hummingbird:1:*`; null for anything else. */
export function parseCpe(text: string): Cpe | null {
  const [, rest] = /^cpe:(?:\/|2\.3:)[aoh]:(.+)$/i.exec(text) ?? [];
  if (rest === undefined) return null;
  const parts = rest
    .split(/(?<!\\):/)
    .map((part) => (ANY.has(part) ? '' : part.replaceAll('\\', '').toLowerCase()));
  const [vendor = '', product = '', version = '', update = ''] = parts;
  return vendor === '' || product === '' ? null : { vendor, product, version, update };
}

/**
 * Whether what is said of a platform is said of a system: `enterprise_linux:9` is 9.4, too. A system that does not say its
 * version may be any.
 */
export function isOfPlatform(system: Cpe, platform: Cpe): boolean {
  if (system.vendor !== platform.vendor || !isProduct(system, platform)) return false;
  const [ours, theirs] = isRhel(system)
    ? [majorOf(system), majorOf(platform)]
    : [system.version, platform.version];
  return (
    (theirs === '' || ours === '' || ours === theirs || ours.startsWith(`${theirs}.`)) &&
    (platform.update === '' || system.update === '' || system.update === platform.update)
  );
}

const majorOf = ({ version }: Cpe): string => version.split('.')[0] ?? '';

/** Red Hat fixes the newest minor release, under its name (`enterprise_linux:10.1`), and means all that update to it. */
const isRhel = ({ vendor, product }: Cpe): boolean => vendor === 'redhat' && product === 'enterprise_linux';

/** SUSE's products of one release consist of modules, under whose names it publishes: `sle-module-basesystem:15:sp5`. */
const isSle = ({ vendor, product }: Cpe): boolean =>
  vendor === 'suse' && /^(?:sle|sles|sled|sle-module-[\w-]+|sle_hpc|sles_sap)$/.test(product);

const isProduct = (system: Cpe, platform: Cpe): boolean =>
  system.product === platform.product || (isSle(system) && isSle(platform));
