import { TwinproofError } from '../../errors.ts';
import { statusFault, TransferFault } from '../../net/transfer-fault.ts';
import { escapeText } from '../escape.ts';
import { retryAfter } from '../../net/redirect.ts';
import { readBody, type Response } from '../../net/ask.ts';

/** Bytes of an answer that says what went wrong. */
const MAX_COMPLAINT = 65_536;

/** What the registry says of it: `CODE: message` (distribution spec "Error Codes"), or nothing. */
function complaint(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors?: { code?: unknown; message?: unknown }[] };
    const [first] = errors ?? [];
    const reported = [first?.code, first?.message].filter((text) => typeof text === 'string' && text !== '');
    return escapeText(reported.join(': ')).slice(0, 200);
  } catch {
    return '';
  }
}

/** A fault from an answer that is no success; reads its body. */
export async function failureOf(response: Response): Promise<TransferFault> {
  const wait = retryAfter(response.headers);
  const { kind, message, status } = statusFault(response.statusCode, wait);
  const body = await readBody(response, MAX_COMPLAINT).catch(() => Buffer.alloc(0));
  const reported = complaint(body.toString('utf8'));
  return new TransferFault(kind, reported === '' ? message : `${message}, ${reported}`, { status, wait });
}

function hintFor({ status, message }: TransferFault, registry: string): string | undefined {
  if (status === 401 || status === 403) return `log in with: podman login ${registry}, or docker login`;
  if (message.startsWith('TLS: ')) {
    return `put its authority into /etc/containers/certs.d/${registry}/ca.crt; diff, explain and boot take any with --tls-verify=false`;
  }
  if (status === 404) return 'is the name right? Some registries answer so when one is not logged in';
  return status === 429 ? 'too many requests; try later, or log in' : undefined;
}

/** A registry that does not give what was asked for: nothing is known about the image then. */
export function unavailable(fault: TransferFault, registry: string, where: string): TwinproofError {
  const hint = hintFor(fault, registry);
  return new TwinproofError('input-unavailable', fault.message, {
    where: escapeText(where),
    ...(hint === undefined ? {} : { hint }),
    cause: fault,
  });
}
