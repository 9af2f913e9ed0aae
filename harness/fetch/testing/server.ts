import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LockedPackage } from '../../lock/types.ts';
import type { Patience } from '../../net/patience.ts';
import { sha256 } from '../../model/digest.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A real HTTP server on this machine, for tests: it does to its clients whatever the test wants. */
export interface TestServer extends AsyncDisposable {
  /** Ends with a slash. */
  url: string;
  /** `path range`, in the order they came. */
  requests: string[];
}

/** @param answers by path without the leading slash; everything else is 404 */
export async function startServer(answers: Record<string, Answer>): Promise<TestServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1);
    requests.push(`${path} ${request.headers.range ?? ''}`.trim());
    const answer = answers[path];
    if (answer === undefined) response.writeHead(404).end('not here');
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, requests, [Symbol.asyncDispose]: close };
}

/** Serves bytes as a good server does, with ranges. */
export const serve =
  (bytes: Buffer): Answer =>
  (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const headers = { 'content-length': bytes.length - start };
    const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(start > 0 ? 206 : 200, start > 0 ? { ...headers, ...range } : headers);
    response.end(bytes.subarray(start));
  };

/** Announces all bytes, sends some and breaks the connection. */
export const breakAfter =
  (bytes: Buffer, sent: number): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, sent), () => setTimeout(() => response.socket?.destroy(), 20));
  };

/** Announces all bytes, sends some and then nothing. */
export const stallAfter =
  (bytes: Buffer, sent: number): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, sent));
  };

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, headers).end();

/** Gives the first answer to the first request, and so on; the last one to all further ones. */
export const inTurn = (...answers: [Answer, ...Answer[]]): Answer => {
  let count = 0;
  return (request, response) => {
    const answer = answers[Math.min(count, answers.length - 1)] ?? answers[0];
    count += 1;
    answer(request, response);
  };
};

export const QUICK: Patience = { stall: 300, tries: 3, pause: 1, longest: 1500 };

/** An entry of a lock for bytes at a place. */
export function lockedFile(url: string, bytes: Buffer): LockedPackage {
  const checksum = sha256(bytes);
  return { url, repoid: 'test', size: bytes.length, checksum, name: 'thing', evr: '1.0-1' };
}

export const someBytes = (size = 200_000): Buffer => randomBytes(size);

export async function tempFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'fetch-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
