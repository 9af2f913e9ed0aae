import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { certificatesFor } from './certificates.ts';
import type { Patience } from '../../net/patience.ts';

/** Connections at once to one host. */
const CONNECTIONS = 4;

/** Connections to registries and to where they send us; each host has its own certificates, proxies are honoured. */
export class Connections {
  readonly #agents = new Map<string, Promise<Dispatcher>>();
  readonly #patience: Patience;
  readonly #verify: boolean;

  constructor(patience: Patience, verify: boolean) {
    this.#patience = patience;
    this.#verify = verify;
  }

  /** @param host with port, as it is named */
  to(host: string): Promise<Dispatcher> {
    const known = this.#agents.get(host);
    if (known !== undefined) return known;
    const made = this.#make(host);
    this.#agents.set(host, made);
    return made;
  }

  async close(): Promise<void> {
    const agents = await Promise.allSettled(this.#agents.values());
    this.#agents.clear();
    for (const agent of agents) if (agent.status === 'fulfilled') await agent.value.destroy();
  }

  async #make(host: string): Promise<Dispatcher> {
    const { ca, ...own } = await certificatesFor(host);
    const { stall } = this.#patience;
    const tls = { ca, rejectUnauthorized: this.#verify };
    return new EnvHttpProxyAgent({
      connections: CONNECTIONS,
      allowH2: false,
      connect: { ...tls, ...own, timeout: stall },
      requestTls: { ...tls, ...own },
      proxyTls: tls,
      headersTimeout: stall,
      bodyTimeout: stall,
    });
  }
}
