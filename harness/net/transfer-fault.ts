import { PRIVATE_ADDRESS } from './private-address.ts';

/** Why a transfer did not work: `gone` for good, `broken` and worth another try, `refused` by something in between. */
export class TransferFault extends Error {
  readonly kind: 'gone' | 'broken' | 'refused';
  /** HTTP status, where there was an answer. */
  readonly status: number | null;
  /** Milliseconds that the server asked to wait. */
  readonly wait: number | null;

  constructor(
    kind: 'gone' | 'broken' | 'refused',
    message: string,
    {
      cause,
      status = null,
      wait = null,
    }: { cause?: unknown; status?: number | null; wait?: number | null } = {},
  ) {
    super(message, { cause });
    this.kind = kind;
    this.status = status;
    this.wait = wait;
  }
}

/** A status other than success; too many requests and faults of the server may pass. */
export function statusFault(status: number, wait: number | null = null): TransferFault {
  if (status === 404 || status === 410) {
    return new TransferFault('gone', `not there (HTTP ${status})`, { status });
  }
  const again = status >= 500 || status === 408 || status === 425 || status === 429;
  return new TransferFault(again ? 'broken' : 'refused', `HTTP ${status}`, { status, wait });
}

const MAX_SHOWN = 120;

/** Names a fault of the network; certificates do not get better by trying again, and neither do unknown hosts. */
export function networkFault(cause: unknown): TransferFault {
  const { code: given, message, name } = cause as NodeJS.ErrnoException;
  // Those of the web platform have numbers for codes.
  const code = typeof given === 'string' ? given : '';
  if (code === PRIVATE_ADDRESS)
    return new TransferFault('refused', 'sends on to a private address', { cause });
  if (name === 'TimeoutError') return new TransferFault('broken', 'took too long', { cause });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new TransferFault('gone', 'unknown host', { cause });
  if (/CERT|SIGNATURE|ERR_TLS|SELF_SIGNED/.test(code))
    return new TransferFault('refused', `TLS: ${code}`, { cause });
  if (code.endsWith('_TIMEOUT')) return new TransferFault('broken', 'stalled', { cause });
  const reported = code === '' ? JSON.stringify(message.slice(0, MAX_SHOWN)) : code;
  return new TransferFault('broken', `broken off (${reported})`, { cause });
}
