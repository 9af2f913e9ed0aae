import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { quote } from '../lock/quote.ts';
import { networkFault, statusFault, TransferFault } from '../net/transfer-fault.ts';
import type { Redirect } from './redirects.ts';

const MAX_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface RequestOptions {
  dispatcher: Dispatcher;
  signal?: AbortSignal | undefined;
  /** First byte asked for. */
  offset?: number;
  /** Called for every redirect that is followed. */
  onRedirect?: ((redirect: Redirect) => unknown) | undefined;
}

/**
 * Asks for a URL, follows redirects within http and https.
 * @returns a response of status 200, 206 or 416, its body not yet read
 * @throws TransferFault for every other status and for faults of the network
 */
export async function get(url: string, options: RequestOptions): Promise<Dispatcher.ResponseData> {
  let at = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await once(at, options);
    if ([200, 206, 416].includes(response.statusCode)) return response;
    response.body.on('error', () => undefined).destroy();
    if (!REDIRECTS.has(response.statusCode)) throw statusFault(response.statusCode);
    const location = redirected(at, response.headers.location);
    options.onRedirect?.({ url: at, status: response.statusCode, location });
    at = location;
  }
  throw new TransferFault('refused', `more than ${MAX_REDIRECTS} redirects`);
}

async function once(url: string, options: RequestOptions): Promise<Dispatcher.ResponseData> {
  const { dispatcher, signal, offset = 0 } = options;
  // A server that compresses on the fly would send other bytes than the ones that are locked.
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'twinproof' };
  if (offset > 0) headers.range = `bytes=${offset}-`;
  try {
    return await request(url, { dispatcher, headers, ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    throw networkFault(cause);
  }
}

function redirected(from: string, location: string | string[] | undefined): string {
  const target = typeof location === 'string' ? URL.parse(location, from) : null;
  if (target === null) throw new TransferFault('refused', 'a redirect to nowhere');
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new TransferFault('refused', `a redirect to ${quote(target.protocol)}`);
  }
  return target.href;
}
