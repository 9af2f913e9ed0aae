import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { MAX_REDIRECTS, isRedirect, redirectTarget, retryAfter, tooManyRedirects } from '../net/redirect.ts';
import { networkFault, statusFault } from '../net/transfer-fault.ts';
import type { Redirect } from './redirects.ts';

export interface RequestOptions {
  dispatcher: Dispatcher;
  signal?: AbortSignal | undefined;
  /** First byte asked for. */
  offset?: number;
  /** Redirects may lead from HTTPS to plain HTTP: what comes is checked against a checksum. */
  mayBePlain?: boolean;
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
    const { statusCode, headers } = response;
    if (!isRedirect(statusCode)) throw statusFault(statusCode, retryAfter(headers));
    const location = redirectTarget(new URL(at), headers.location, options.mayBePlain === true).href;
    options.onRedirect?.({ url: at, status: response.statusCode, location });
    at = location;
  }
  throw tooManyRedirects();
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
