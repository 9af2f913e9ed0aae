import { relative } from 'node:path';
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
}

/** Answers exactly the URLs of a lock, with the files that `stageInputs` laid out; without a lock, nothing. */
export async function networkOf({ lock, architecture, sourceDateEpoch }: Locked): Promise<BuildNetwork> {
  const routes: NetworkPlan['routes'] = [];
  const ports = { http: new Set<number>(), https: new Set<number>() };
  const hosts = new Set<string>();
  const arch = lock === null ? undefined : lockedArch(lock, architecture)?.arch;
  for (const file of lock === null ? [] : lockedFiles(lock, architecture)) {
    const url = URL.parse(file.url);
    if (url === null || lock === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) continue;
    url.hash = '';
    const path = stagedPath('/', { kind: lock.kind, arch: arch ?? architecture, file });
    routes.push({ url: url.href, file: relative('/', path) });
    hosts.add(url.hostname);
    const scheme = url.protocol === 'http:' ? 'http' : 'https';
    ports[scheme].add(url.port === '' ? { http: 80, https: 443 }[scheme] : Number(url.port));
  }
  // Whoever asks for a known name in the clear is told what is refused, not that nobody is there.
  ports.http.add(80);
  const secured = ports.https.size > 0;
  const certificate = secured
    ? await certificateFor([...hosts])
    : { key: '', certificates: '', authority: null };
  return {
    plan: {
      routes,
      hosts: [...hosts],
      ports: { http: [...ports.http].filter((port) => !ports.https.has(port)), https: [...ports.https] },
      key: certificate.key,
      certificates: certificate.certificates,
      modified: sourceDateEpoch,
    },
    trust: certificate.authority,
  };
}
