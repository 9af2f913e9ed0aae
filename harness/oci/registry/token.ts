import { TransferFault } from '../../net/transfer-fault.ts';
import type { Json } from '../types.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './types.ts';

/** What the token server is asked; the same whether by GET or POST. */
export interface TokenRequest {
  url: URL;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | null;
}

const CLIENT = 'twinproof';

export function basicHeader({ user, secret }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
}

/**
 * The question for a token (distribution spec "Token Authentication"; with a refresh token by OAuth 2).
 * @param scope what we want to do; what the server suggests is not asked for, it might be more
 * @throws TransferFault refused when the challenge names no usable server
 */
export function tokenRequest(
  challenge: Challenge,
  scope: string,
  credentials: Credentials | null,
): TokenRequest {
  const url = URL.parse(challenge.parameters.get('realm') ?? '');
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new TransferFault('refused', 'names no token server');
  }
  const service = challenge.parameters.get('service') ?? '';
  if (credentials?.isToken === true) {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      service,
      scope,
      client_id: CLIENT,
      refresh_token: credentials.secret,
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url, method: 'POST', headers, body: body.toString() };
  }
  if (service !== '') url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  if (credentials === null) return { url, method: 'GET', headers: {}, body: null };
  url.searchParams.set('account', credentials.user);
  return { url, method: 'GET', headers: { authorization: basicHeader(credentials) }, body: null };
}

/** The token in an answer. @throws TransferFault refused when there is none that fits into a header */
export function tokenOf(json: Json): string {
  const object = typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
  const token = object.token ?? object.access_token;
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new TransferFault('refused', 'the token server gave no token');
}
