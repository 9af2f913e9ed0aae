import { askFollowing, discard, isContent, type Response } from '../net/ask.ts';
import type { Connections } from '../net/connections.ts';
import { retryAfter, type Redirect } from '../net/redirect.ts';
import { statusFault } from '../net/transfer-fault.ts';

export interface RequestOptions {
  connections: Connections;
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
export async function get(
  url: string,
  { connections, signal, offset = 0, onRedirect }: RequestOptions,
): Promise<Response> {
  const headers: Record<string, string> = offset > 0 ? { range: `bytes=${offset}-` } : {};
  const { response } = await askFollowing(
    connections,
    { url: new URL(url), headers, signal },
    { onRedirect },
  );
  if (isContent(response)) return response;
  discard(response);
  throw statusFault(response.statusCode, retryAfter(response.headers));
}
