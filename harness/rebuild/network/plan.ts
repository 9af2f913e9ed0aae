import { isIP } from 'node:net';
import { relative } from 'node:path';
import { cacheFolder } from '../../engine/folders.ts';
import { knownRedirects } from '../../fetch/redirects.ts';
import type { Lock } from '../../lock/types.ts';
import { lockedArch, lockedFiles, stagedPath } from '../inputs.ts';
import type { NetworkPlan } from '../programs/network-plan.ts';
import { certificateFor } from './certificate.ts';
import type { BuildNetwork } from './types.ts';

interface Locked {
  lock: Lock | null;
  /** OCI name. */
  architecture: string;
  sourceDateEpoch: number;
  /** Folder that says by which redirects the files were fetched; the cache unless given. */
  redirects?: string | undefined;
}

/**
 * Answers exactly the URLs of a lock, with the files that `stageInputs` laid out, by the redirects by which they were
 * fetched; without a lock, nothing.
 */
export async function networkOf(locked: Locked): Promise<BuildNetwork> {
  const { lock, architecture, sourceDateEpoch, redirects = cacheFolder() } = locked;
  const served = new Served();
  const arch = lock === null ? architecture : (lockedArch(lock, architecture)?.arch ?? architecture);
  for (const file of lock === null ? [] : lockedFiles(lock, architecture)) {
    if (lock === null || canonical(file.url) === null) continue;
    let last = file.url;
    for (const { url, status, location } of await knownRedirects(redirects, file.url)) {
      served.redirect(url, status, location);
      last = location;
    }
    served.file(last, relative('/', stagedPath('/', { kind: lock.kind, arch, file })));
  }
  const { hosts, ports } = served;
  const certificate =
    ports.https.length > 0 ? await certificateFor(hosts) : { key: '', certificates: '', authority: null };
  return {
    plan: {
      routes: served.routes,
      hosts,
      ports,
      key: certificate.key,
      certificates: certificate.certificates,
      modified: sourceDateEpoch,
    },
    trust: certificate.authority,
  };
}

/**
 * URLs of a lock, and those that they are redirected to, that nothing in a build's network can answer: they name their
 * host by an address, and the only address there is that of loopback.
 */
export async function unansweredUrls(lock: Lock | null, architecture: string): Promise<string[]> {
  const arch = lock === null ? undefined : lockedArch(lock, architecture);
  const found: string[] = [];
  for (const { url } of [...(arch?.packages ?? []), ...(arch?.moduleMetadata ?? [])]) {
    const redirects = await knownRedirects(cacheFolder(), url);
    found.push(...[url, ...redirects.map(({ location }) => location)].filter(namesAddress));
  }
  return found;
}

function namesAddress(url: string): boolean {
  const host = canonical(url)?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '';
  return isIP(host) !== 0 && host !== '127.0.0.1';
}

/** As the server compares URLs: WHATWG, without fragment; null for what no web server is asked. */
function canonical(text: string): URL | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  url.hash = '';
  return url;
}

/** What is answered, and where somebody must listen for it. */
class Served {
  readonly routes: NetworkPlan['routes'] = [];
  readonly #hosts = new Set<string>();
  readonly #http = new Set<number>();
  readonly #https = new Set<number>();

  file(url: string, file: string): void {
    const known = this.#listen(url);
    if (known !== null) this.routes.push({ url: known, file });
  }

  redirect(url: string, status: number, location: string): void {
    const known = this.#listen(url);
    if (known !== null) this.routes.push({ url: known, status, location });
  }

  #listen(text: string): string | null {
    const url = canonical(text);
    if (url === null) return null;
    this.#hosts.add(url.hostname);
    const usual = url.protocol === 'http:' ? 80 : 443;
    (url.protocol === 'http:' ? this.#http : this.#https).add(url.port === '' ? usual : Number(url.port));
    return url.href;
  }

  get hosts(): string[] {
    return [...this.#hosts];
  }

  get ports(): NetworkPlan['ports'] {
    // Whoever asks for a known name in the clear is answered with what is refused, not that nobody is there.
    const http = new Set(this.#http).add(80);
    return { http: [...http].filter((port) => !this.#https.has(port)), https: [...this.#https] };
  }
}
