import { request, type Dispatcher } from 'undici';
import { MAX_REDIRECTS, isRedirect, redirectTarget, tooManyRedirects } from '../../net/redirect.ts';
import { networkFault, TransferFault } from '../../net/transfer-fault.ts';
import type { Connections } from './connections.ts';

export type Response = Dispatcher.ResponseData;

const USER_AGENT = 'twinproof';

export interface Question {
  url: URL;
  method?: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string | null;
  signal?: AbortSignal;
}

/** One request; redirects are not followed. @throws TransferFault for faults of the network */
async function ask(connections: Connections, { url, method = 'GET', ...rest }: Question): Promise<Response> {
  const { headers, body = null, signal } = rest;
  const dispatcher = await connections.to(url.host);
  try {
    return await request(url, {
      dispatcher,
      method,
      body,
      // What is compressed on the way has another digest.
      headers: { 'accept-encoding': 'identity', 'user-agent': USER_AGENT, ...headers },
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    throw networkFault(cause);
  }
}

/** Lets go of a body that is not wanted. */
export function discard({ body }: Response): void {
  body.on('error', () => undefined).destroy();
}

/** An answer and the place where it was found in the end. */
export interface Answer {
  response: Response;
  url: URL;
}

/**
 * One request with its redirects. What says who we are only goes to the server that was asked: not to another host,
 * port or scheme.
 * @throws TransferFault
 */
export async function askFollowing(
  connections: Connections,
  question: Question,
  mayBePlain: boolean,
): Promise<Answer> {
  let { url, headers } = question;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await ask(connections, { ...question, url, headers });
    if (!isRedirect(response.statusCode)) return { response, url };
    discard(response);
    // A body may hold a secret.
    if (question.method === 'POST') throw new TransferFault('refused', 'a redirect of a form');
    const target = redirectTarget(url, response.headers.location, mayBePlain);
    // Once it has left, it does not come back: another host must not decide what it is sent for.
    if (target.origin !== url.origin) headers = withoutAuthorization(headers);
    url = target;
  }
  throw tooManyRedirects();
}

function withoutAuthorization(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
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
