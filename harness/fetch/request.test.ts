import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redirectTarget, retryAfter } from '../net/redirect.ts';
import { makeDispatcher } from './dispatcher.ts';
import { fetchText } from './fetch-text.ts';
import { QUICK } from './testing/server.ts';

const secure = new URL('https://example.org/key.asc');

test('a redirect from HTTPS to plain HTTP is followed only where something else proves what comes', () => {
  expect(() => redirectTarget(secure, 'http://example.org/key.asc', false)).toThrow(
    'a redirect from HTTPS to plain HTTP',
  );
  expect(redirectTarget(secure, 'http://example.org/x', true).href).toBe('http://example.org/x');
  expect(redirectTarget(secure, '/y', false).href).toBe('https://example.org/y');
  expect(() => redirectTarget(secure, 'file:///etc/passwd', true)).toThrow('a redirect to "file:"');
});

test.each([
  ['7', 7000],
  ['soon', null],
])('Retry-After: %s', (value, expected) => {
  expect(retryAfter({ 'retry-after': value })).toBe(expected);
});

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
  const dispatcher = makeDispatcher(1, QUICK);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/Release`;
  const found = await fetchText([url], { dispatcher, patience: QUICK, limit: 100 });
  await dispatcher.close();
  expect(found.text).toBe('text');
  expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(950);
});
