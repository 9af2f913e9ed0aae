import { getCACertificates } from 'node:tls';
import { EnvHttpProxyAgent } from 'undici';
import type { Patience } from '../net/patience.ts';

/**
 * Connections that honour http_proxy, https_proxy and no_proxy, and trust the certificates of the system besides
 * Node's own: behind a company's proxy only those fit. What is downloaded is checked against checksums or signatures
 * anyway.
 */
export function makeDispatcher(connections: number, patience: Patience): EnvHttpProxyAgent {
  const ca = [...getCACertificates('default'), ...getCACertificates('system')];
  return new EnvHttpProxyAgent({
    connections,
    allowH2: false,
    connect: { ca, timeout: patience.stall },
    requestTls: { ca },
    proxyTls: { ca },
    headersTimeout: patience.stall,
    bodyTimeout: patience.stall,
  });
}
