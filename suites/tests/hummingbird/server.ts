import { readFile } from 'node:fs/promises';
import { createServer as createProxy } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join, normalize } from 'node:path';
import { makeCertificates } from '../selftest/certificates.ts';
import { ALL_REPOSITORIES } from './repositories.ts';

/** The repositories on loopback, under their own names, until it is closed. */
export interface RepositoryServer extends AsyncDisposable {
  /** What programs need in their environment to reach it: a proxy that knows the names, and who signed for them. */
  env: Record<string, string>;
}

const HOSTS = [...new Set(ALL_REPOSITORIES.map(({ url }) => new URL(url).hostname))];
/** As Pulp does, what is asked for is elsewhere on the same host. */
const ASKED = '/api/pulp-content/';
const THERE = '/artifacts/';

/** @param folder gets certificates; @param repositories holds what is served */
export async function serveRepositories(folder: string, repositories: string): Promise<RepositoryServer> {
  const { ca, certificate, key } = await makeCertificates(
    folder,
    HOSTS.map((host) => `DNS:${host}`),
  );
  const server = createServer(
    { cert: await readFile(certificate), key: await readFile(key) },
    (request, response) => void answer(repositories, request, response),
  );
  const port = await listen(server);
  const proxy = createProxy((_request, response) => void response.writeHead(403).end());
  proxy.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) =>
    tunnel(request, { client, head, port }),
  );
  const proxyPort = await listen(proxy);
  const close = async (): Promise<void> => {
    for (const each of [server, proxy]) {
      each.closeAllConnections();
      await new Promise((resolve) => each.close(resolve));
    }
  };
  return {
    env: { https_proxy: `http://127.0.0.1:${proxyPort}`, NODE_EXTRA_CA_CERTS: ca },
    [Symbol.asyncDispose]: close,
  };
}

async function listen(server: Pick<Server, 'listen' | 'address'>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Connects to the server whichever of its names is asked for, and to nothing else. */
function tunnel(
  request: IncomingMessage,
  { client, head, port }: { client: Socket; head: Buffer; port: number },
): void {
  client.on('error', () => client.destroy());
  if (!HOSTS.some((host) => request.url === `${host}:443`)) {
    client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    return;
  }
  const server = connect(port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    server.write(head);
    client.pipe(server).pipe(client);
  });
  server.on('error', () => client.destroy());
  client.on('close', () => server.destroy());
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  if (path.startsWith(ASKED)) {
    response.writeHead(302, { location: path.replace(ASKED, THERE) }).end();
    return;
  }
  const url = `https://${request.headers.host ?? ''}${path.replace(THERE, ASKED)}`;
  const repository = ALL_REPOSITORIES.find((candidate) => url.startsWith(candidate.url));
  const name = repository === undefined ? '' : normalize(url.slice(repository.url.length));
  const bytes =
    repository === undefined || name.startsWith('..')
      ? null
      : await readFile(join(folder, repository.folder, decodeURIComponent(name))).catch(() => null);
  if (bytes === null) response.writeHead(404).end();
  else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
}
