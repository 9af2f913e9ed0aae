import { getCACertificates } from 'node:tls';
import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import type { Patience } from './patience.ts';
import { lookupPublic } from './private-address.ts';

/** What a server's certificate is checked against, and what is shown to servers that ask who we are. */
export interface Certificates {
  ca: string[];
  cert?: string;
  key?: string;
}

export interface ConnectionOptions {
  patience: Patience;
  /** Connections at once to one host; 4 unless given. */
  perHost?: number;
  /** False: any certificate will do. */
  verify?: boolean;
  /** By host with port, as it is named; those of this machine unless given. */
  certificatesFor?: (host: string) => Promise<Certificates>;
}

/**
 * Authorities that this machine trusts: those of Node (NODE_EXTRA_CA_CERTS among them) and of the system
 * (SSL_CERT_FILE, SSL_CERT_DIR), as behind a company's proxy only those fit.
 */
export const trustedAuthorities = (): string[] => [
  ...getCACertificates('default'),
  ...getCACertificates('system'),
];

/** Connections to servers and to where they send us, kept open; http_proxy, https_proxy and no_proxy are honoured. */
export class Connections {
  readonly #agents = new Map<string, Promise<EnvHttpProxyAgent>>();
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** @param publicOnly private addresses are refused, unless a proxy looks them up */
  to({ host }: URL, publicOnly: boolean): Promise<Dispatcher> {
    const name = publicOnly ? `${host} in public` : host;
    const known = this.#agents.get(name);
    if (known !== undefined) return known;
    const made = this.#make(host, publicOnly);
    this.#agents.set(name, made);
    return made;
  }

  async close(): Promise<void> {
    const agents = await Promise.allSettled(this.#agents.values());
    this.#agents.clear();
    for (const agent of agents) if (agent.status === 'fulfilled') await agent.value.destroy();
  }

  async #make(host: string, publicOnly: boolean): Promise<EnvHttpProxyAgent> {
    const { patience, perHost = 4, verify = true, certificatesFor } = this.#options;
    const { ca, ...own } = (await certificatesFor?.(host)) ?? { ca: trustedAuthorities() };
    const tls = { ca, rejectUnauthorized: verify };
    return new EnvHttpProxyAgent({
      connections: perHost,
      allowH2: false,
      connect: { ...tls, ...own, timeout: patience.stall, ...(publicOnly ? { lookup: lookupPublic } : {}) },
      requestTls: { ...tls, ...own },
      proxyTls: tls,
      headersTimeout: patience.stall,
      bodyTimeout: patience.stall,
    });
  }
}
