import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { findTool } from '../../../harness/setup/tools.mjs';
import { until } from './support.ts';

/** Debian calls it `docker-registry`, Fedora `registry`. */
export const REGISTRY = findTool('docker-registry') ?? findTool('registry');

export interface RunningRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  host: string;
}

/** Parts of the registry's configuration that a test wants; YAML of JSON. */
export interface RegistryConfig {
  auth?: unknown;
  tls?: { certificate: string; key: string };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The real registry, storing into a folder. */
export async function startDockerRegistry(
  folder: string,
  { auth, tls }: RegistryConfig = {},
): Promise<RunningRegistry> {
  await mkdir(folder, { recursive: true });
  const host = `127.0.0.1:${await freePort()}`;
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
    http: { addr: host, secret: 'selftest', ...(tls === undefined ? {} : { tls }) },
    ...(auth === undefined ? {} : { auth }),
  };
  const file = join(folder, 'config.yml');
  await writeFile(file, JSON.stringify(config));
  const child = execa(REGISTRY ?? 'docker-registry', ['serve', file], { reject: false, stdin: 'ignore' });
  const answers = async (): Promise<boolean> => {
    const probe = await fetch(`http://${host}/v2/`).catch(() => null);
    // A server with TLS answers plain HTTP with 400.
    return probe !== null;
  };
  await until('the registry answers', answers, 30);
  return {
    host,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await child;
    },
  };
}

/** Copies with skopeo; registries of these tests are on this machine. */
export async function skopeoCopy(from: string, to: string, ...words: string[]): Promise<void> {
  const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
  await execa('skopeo', ['copy', '--quiet', '--insecure-policy', ...plain, ...words, from, to]);
}
