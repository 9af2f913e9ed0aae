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
  const [, rest] = /^cpe:(?:\/|2\.3:)[aoh]:(.+)$/.exec(text) ?? [];
  if (rest === undefined) return null;
  const parts = rest
    .split(/(?<!\\):/)
    .map((part) => (ANY.has(part) ? '' : part.replaceAll('\\', '').toLowerCase()));
  const [vendor = '', product = '', version = '', update = ''] = parts;
  return vendor === '' || product === '' ? null : { vendor, product, version, update };
}

/** Whether what is said of a platform is said of a system: `enterprise_linux:9` is 9.4, too. */
export function isOfPlatform(system: Cpe, platform: Cpe): boolean {
  return (
    system.vendor === platform.vendor &&
    system.product === platform.product &&
    (platform.version === '' ||
      system.version === platform.version ||
      system.version.startsWith(`${platform.version}.`)) &&
    (platform.update === '' || system.update === '' || system.update === platform.update)
  );
}
