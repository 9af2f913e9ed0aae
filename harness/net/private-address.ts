import dns from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Addresses of this machine and of networks that only some can reach (IANA special-purpose registries). */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4');
  // The same behind NAT64 (RFC 6052); those mapped into IPv6 are known to Node.
  PRIVATE.addSubnet(`64:ff9b::${network}`, 96 + bits, 'ipv6');
}
for (const [network, bits] of [
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv6');

/** Whether an IP address is one that not everybody reaches; false for what is no address. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && PRIVATE.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a URL names such a place as it is written, without asking anybody for addresses. */
export function namesPrivate({ hostname }: URL): boolean {
  return /(^|\.)localhost\.?$/.test(hostname) || isPrivateAddress(bare(hostname));
}

/** Whether any address of a URL's host is private; false where its name is not known here. */
export async function isPrivatePlace(url: URL): Promise<boolean> {
  if (namesPrivate(url)) return true;
  const addresses = await lookup(bare(url.hostname), { all: true }).catch(() => []);
  return addresses.some(({ address }) => isPrivateAddress(address));
}

/** Without the brackets of IPv6. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** What a name must not be found at when a public server sends there. */
export const PRIVATE_ADDRESS = 'PRIVATE_ADDRESS';

/** Looks addresses up for a connection, and refuses private ones then: a name may answer otherwise each time. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses;
    const hidden = addresses.find(({ address }) => isPrivateAddress(address));
    if (error !== null || first === undefined) callback(error, '');
    else if (hidden !== undefined) callback(refusal(hostname), '');
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function refusal(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is at a private address`), { code: PRIVATE_ADDRESS });
}
