import { expect, test } from 'vitest';
import { isPrivateAddress, isPrivatePlace, namesPrivate } from './private-address.ts';

test.each([
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.31.0.1',
  '192.168.7.7',
  '0.0.0.0',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  'fd00::1',
  'fe80::1',
])('%s is private', (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each([
  '1.1.1.1',
  '172.32.0.1',
  '100.128.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
  '2606:4700::1',
  'a.b',
])('%s is not', (address) => {
  expect(isPrivateAddress(address)).toBe(false);
});

test.each([
  'http://127.1/',
  'http://0x7f000001/',
  'http://[::1]/',
  'http://LOCALHOST/',
  'http://a.localhost./',
])('%s names a private place, however it is written', (url) => {
  expect(namesPrivate(new URL(url))).toBe(true);
});

test('a name that nobody knows is no private place', async () => {
  expect(await isPrivatePlace(new URL('http://name.invalid/'))).toBe(false);
});
