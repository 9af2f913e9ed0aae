import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPrivateAddress } from '../../net/private-address.ts';

/** A repository that may be asked, and the address that its name had when that was decided. */
export interface Askable {
  url: URL;
  address: string;
}

/** Addresses of a host as it is named in a URL. @throws when the name is not known */
async function addressesOf(hostname: string): Promise<string[]> {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return [bare];
  return (await lookup(bare, { all: true })).map(({ address }) => address);
}

/**
 * Whether a repository may be asked: by HTTPS, or in a private network by HTTP too; and in a private network only where
 * that is allowed. Provenance must not send an auditor's machine to what only that machine can reach.
 * @returns why not, as a sentence
 */
export async function askable(
  text: string,
  { privateAllowed }: { privateAllowed: boolean },
): Promise<Askable | { refused: string }> {
  const url = URL.parse(text.replace(/^git\+/, ''));
  if (url === null || !['https:', 'http:'].includes(url.protocol))
    return { refused: `${text.slice(0, 200)} is no https address` };
  if (url.username !== '' || url.password !== '')
    return { refused: `the address of ${url.host} holds a user name or password` };
  let addresses: string[];
  try {
    addresses = await addressesOf(url.hostname);
  } catch {
    return { refused: `nobody knows the host ${url.hostname}` };
  }
  const [address = ''] = addresses;
  if (addresses.some(isPrivateAddress)) {
    if (!privateAllowed)
      return { refused: `${url.hostname} is in a private network, which the image's registry is not in` };
  } else if (url.protocol === 'http:') return { refused: `${url.href} is no https address` };
  url.hash = '';
  url.search = '';
  return { url, address };
}
