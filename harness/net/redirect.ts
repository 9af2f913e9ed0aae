import { TransferFault } from './transfer-fault.ts';

/** One answer of a server that sent on to somewhere else. */
export interface Redirect {
  /** What was asked for. */
  url: string;
  status: number;
  /** Absolute. */
  location: string;
}

export const MAX_REDIRECTS = 10;
const STATUS = new Set([301, 302, 303, 307, 308]);

export const isRedirect = (status: number): boolean => STATUS.has(status);

/** Whether a host is this machine, so that nobody listens in on plain HTTP. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/**
 * Where a redirect leads.
 * @param mayBePlain the user allowed it: then also from HTTPS to plain HTTP
 * @throws TransferFault refused
 */
export function redirectTarget(from: URL, location: string | string[] | undefined, mayBePlain: boolean): URL {
  const target = typeof location === 'string' ? URL.parse(location, from.href) : null;
  if (target === null) throw new TransferFault('refused', 'a redirect to nowhere');
  const plain = target.protocol === 'http:';
  if (!plain && target.protocol !== 'https:')
    throw new TransferFault('refused', `a redirect to ${JSON.stringify(target.protocol)}`);
  if (plain && from.protocol === 'https:' && !mayBePlain && !isLoopback(target))
    throw new TransferFault('refused', 'a redirect from HTTPS to plain HTTP');
  return target;
}

export const tooManyRedirects = (): TransferFault =>
  new TransferFault('refused', `more than ${MAX_REDIRECTS} redirects`);

/** Milliseconds that `Retry-After` asks for; a date or a number of seconds (RFC 9110, section 10.2.3). */
export function retryAfter(headers: Partial<Record<string, string | string[]>>): number | null {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
