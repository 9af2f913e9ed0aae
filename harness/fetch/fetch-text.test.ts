import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Connections } from '../net/connections.ts';
import { fetchText } from './fetch-text.ts';
import { QUICK } from './testing/server.ts';

let asked: number[] = [];
const server = createServer((_request, response) => {
  asked.push(performance.now());
  if (asked.length > 1) response.end('text');
  else response.writeHead(429, { 'retry-after': '1' }).end();
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

test('a server that asks to come back later is asked again no sooner', async () => {
  asked = [];
  const connections = new Connections({ patience: QUICK });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/Release`;
  const found = await fetchText([url], { connections, patience: QUICK, limit: 100 });
  await connections.close();
  expect(found.text).toBe('text');
  expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(950);
});
