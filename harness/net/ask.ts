import type { Readable } from 'node:stream';
import { request, type Dispatcher } from 'undici';
import type { Connections } from './connections.ts';
import { isPrivatePlace, namesPrivate } from './private-address.ts';
import { MAX_REDIRECTS, isRedirect, redirectTarget, tooManyRedirects, type Redirect } from './redirect.ts';
import { networkFault, TransferFault } from './transfer-fault.ts';

export type Response = Dispatcher.ResponseData;

export interface Question {
  url: URL;
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  headers?: Record<string, string>;
  body?: string | Uint8Array | Readable | null;
  signal?: AbortSignal | undefined;
}

export interface Way {
  /** The server that the user named, where it is not the one that is asked. */
  home?: URL;
  /** Redirects may lead from HTTPS to plain HTTP: the user allowed it. */
  mayBePlain?: boolean;
  /** Called for every redirect that is followed. */
  onRedirect?: ((redirect: Redirect) => unknown) | undefined;
}

/** An answer and the place where it was found in the end. */
export interface Answer {
  response: Response;
  url: URL;
}

/**
 * One request with its redirects, within http and https. What says who we are only goes to the server that was asked:
 * not to another host, port or scheme. A public server cannot send us into the private network that we stand in.
 * @returns an answer of any other status, its body not yet read
 * @throws TransferFault
 */
export async function askFollowing(
  connections: Connections,
  question: Question,
  { home = question.url, mayBePlain = false, onRedirect }: Way = {},
): Promise<Answer> {
  let { url, headers = {} } = question;
  let isHomePrivate: boolean | null = null;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    if (url.host !== home.host) isHomePrivate ??= await isPrivatePlace(home);
    const publicOnly = isHomePrivate === false;
    if (publicOnly && namesPrivate(url))
      throw new TransferFault('refused', `sends on to the private address ${url.hostname}`);
    const response = await ask(await connections.to(url, publicOnly), { ...question, url, headers });
    if (!isRedirect(response.statusCode)) return { response, url };
    discard(response);
    // A body may hold a secret, and a stream is gone by then.
    if (question.method === 'POST' || question.method === 'PUT')
      throw new TransferFault('refused', 'a redirect of what is sent');
    const target = redirectTarget(url, response.headers.location, mayBePlain);
    onRedirect?.({ url: url.href, status: response.statusCode, location: target.href });
    // Once it has left, it does not come back: another host must not decide what it is sent for.
    if (target.origin !== url.origin) headers = withoutAuthorization(headers);
    url = target;
  }
  throw tooManyRedirects();
}

async function ask(
  dispatcher: Dispatcher,
  { url, method = 'GET', headers, body = null, signal }: Question,
): Promise<Response> {
  try {
    return await request(url, {
      dispatcher,
      method,
      body,
      // What is compressed on the way has other bytes than those that are known.
      headers: { 'accept-encoding': 'identity', 'user-agent': 'twinproof', ...headers },
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    throw networkFault(cause);
  }
}

function withoutAuthorization(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  );
}

/** Whether it is content, or says that there is no such range of it. */
export const isContent = ({ statusCode }: Response): boolean => [200, 206, 416].includes(statusCode);

/** Lets go of a body that is not wanted. */
export function discard({ body }: Response): void {
  body.on('error', () => undefined).destroy();
}

/** All of a small body. @throws TransferFault refused when it is larger than `limit` bytes */
export async function readBody(response: Response, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > limit) throw new TransferFault('refused', `an answer of more than ${limit} bytes`);
      parts.push(chunk);
    }
  } catch (error) {
    throw error instanceof TransferFault ? error : networkFault(error);
  } finally {
    discard(response);
  }
  return Buffer.concat(parts);
}
