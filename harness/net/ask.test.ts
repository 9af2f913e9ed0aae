import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { request } from 'undici';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askFollowing, readBody, type Way } from './ask.ts';
import { Connections } from './connections.ts';
import { PRIVATE_ADDRESS } from './private-address.ts';

/** Stands for servers of the public network: a proxy that answers for every host that it is asked for. */
let server: Server;
let asked: string[];
let answers: Record<string, (response: ServerResponse) => void>;
let connections: Connections;

beforeEach(async () => {
  asked = [];
  answers = {};
  server = createServer((question, response) => {
    const { pathname } = new URL(question.url ?? '', 'http://none.invalid');
    const place = `${question.headers.host ?? ''}${pathname}`;
    asked.push(`${place} ${question.headers.authorization ?? ''}`.trim());
    const answer = answers[place];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response);
  });
  server.on('connect', (_question, socket: Duplex) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    server.emit('connection', socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('http_proxy', `http://127.0.0.1:${port()}`);
  vi.stubEnv('no_proxy', 'localhost');
  connections = new Connections({ patience: { stall: 5000, tries: 1, pause: 1, longest: 1 } });
});

afterEach(async () => {
  await connections.close();
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
});

const port = (): number => (server.address() as AddressInfo).port;

const to = (location: string) => (response: ServerResponse) =>
  void response.writeHead(302, { location }).end();

async function ask(url: string, way: Way = {}): Promise<string> {
  const headers = { authorization: 'secret' };
  const { response } = await askFollowing(connections, { url: new URL(url), headers }, way);
  return String(await readBody(response, 100));
}

test('a public server may send on to another public one, which does not learn who we are', async () => {
  answers['one.invalid/a'] = to('/b');
  answers['one.invalid/b'] = to('http://two.invalid/c');
  answers['two.invalid/c'] = (response) => void response.end('content');
  expect(await ask('http://one.invalid/a')).toBe('content');
  expect(asked).toEqual(['one.invalid/a secret', 'one.invalid/b secret', 'two.invalid/c']);
});

test.each(['http://10.0.0.1/x', 'http://169.254.169.254/latest', 'http://[::1]/x', 'http://localhost/x'])(
  'a public server cannot send on to %s',
  async (location) => {
    answers['one.invalid/a'] = to(location);
    await expect(ask('http://one.invalid/a')).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('sends on to the private address') as string,
    });
    expect(asked).toEqual(['one.invalid/a secret']);
  },
);

test('nor may the server that it names for logins be there', async () => {
  const home = new URL('http://one.invalid/');
  await expect(ask('http://192.168.0.1/token', { home })).rejects.toThrow('private address');
  expect(asked).toEqual([]);
});

test('a private server may', async () => {
  answers['192.168.0.1/a'] = to('http://10.0.0.1/b');
  answers['10.0.0.1/b'] = (response) => void response.end('content');
  expect(await ask('http://192.168.0.1/a')).toBe('content');
});

test('a name that turns out to be at a private address is not connected to', async () => {
  const url = new URL(`http://localhost:${port()}/`);
  const attempt = (publicOnly: boolean): Promise<number> =>
    connections.to(url, publicOnly).then(async (dispatcher) => {
      const { body, statusCode } = await request(url, { dispatcher });
      await body.dump();
      return statusCode;
    });
  expect(await attempt(false)).toBe(404);
  await expect(attempt(true)).rejects.toMatchObject({ code: PRIVATE_ADDRESS });
});
