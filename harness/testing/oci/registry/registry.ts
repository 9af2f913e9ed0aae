import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Patience } from '../../../net/patience.ts';
import type { RegistryOptions } from '../../../oci/registry/types.ts';

/** A real HTTP server for tests that gives out a layout as a registry does, and does to its clients what the test wants. */

/** Answers a request itself (true), or leaves it to the registry. */
export type Trick = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** `METHOD path`, with the range and the kind of login, in the order they came. */
  requests: string[];
}

/** Tries again at once, but a busy machine does not make a stall. */
const QUICK: Patience = { stall: 20_000, tries: 3, pause: 1, longest: 1500 };
export const OPTIONS: RegistryOptions = { patience: QUICK };

/** For what is to stall: a single try, and not for long. */
export const HASTY: RegistryOptions = { patience: { ...QUICK, stall: 1500, tries: 1 } };

interface Entry {
  mediaType: string;
  digest: string;
}

function send(response: ServerResponse, bytes: Buffer, type: string, range: string | undefined): void {
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  response.writeHead(start > 0 ? 206 : 200, {
    'content-type': type,
    'content-length': bytes.length - start,
    ...(start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  response.end(bytes.subarray(start));
}

async function serve(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '';
  const [, kind, version = ''] = /^\/v2\/[^?]+?\/(manifests|blobs)\/([^/?]+)$/.exec(path) ?? [];
  if (path === '/v2/') return void response.end('{}');
  const { manifests } = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as {
    manifests: Entry[];
  };
  const digest = version.startsWith('sha256:')
    ? version
    : version === 'latest'
      ? (manifests[0]?.digest ?? '')
      : '';
  const bytes = await readFile(join(folder, 'blobs', digest.replace(':', '/'))).catch(() => null);
  if (kind === undefined || digest === '' || bytes === null) {
    return void response.writeHead(404).end('{"errors":[{"code":"UNKNOWN","message":"not here"}]}');
  }
  const own = kind === 'blobs' ? undefined : (JSON.parse(bytes.toString()) as Partial<Entry>).mediaType;
  send(response, bytes, own ?? 'application/octet-stream', request.headers.range);
}

/** @param trick is asked first */
export async function startRegistry(folder: string, trick: Trick = () => false): Promise<TestRegistry> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { authorization = '', range = '' } = request.headers;
    const [login = ''] = authorization.split(' ');
    requests.push([request.method, request.url, range, login].filter((part) => part !== '').join(' '));
    if (trick(request, response)) return;
    void serve(folder, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Does something to blobs, and only to those. */
export const onBlob =
  (answer: (request: IncomingMessage, response: ServerResponse) => void): Trick =>
  (request, response) => {
    if (request.url?.includes('/blobs/') !== true) return false;
    answer(request, response);
    return true;
  };

/** Does something to manifests, and only to those. */
export const onManifest =
  (answer: (request: IncomingMessage, response: ServerResponse) => void): Trick =>
  (request, response) => {
    if (request.url?.includes('/manifests/') !== true) return false;
    answer(request, response);
    return true;
  };
