import { expect, test } from 'vitest';
import { forwardedPort } from './forward.ts';

/** As QEMU 7.2 says it, with a second connection to the same port open. */
const TOLD = [
  'Hub -1 (network):',
  '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
  '  TCP[ESTABLISHED]   28       127.0.0.1 40112       10.0.2.15    22     0     0',
  '  TCP[HOST_FORWARD]  26       127.0.0.1 37121       10.0.2.15    22     0     0',
  '  TCP[HOST_FORWARD]  27       127.0.0.1  8080       10.0.2.15    80     0     0',
  '',
].join('\r\n');

test('the port that leads to one of the guest is read from what QEMU tells', () => {
  expect(forwardedPort(TOLD, 22)).toBe(37121);
  expect(forwardedPort(TOLD, 80)).toBe(8080);
});

test('without one there is none', () => {
  expect(forwardedPort(TOLD, 2)).toBeNull();
  expect(forwardedPort(TOLD.replaceAll('HOST_FORWARD', 'SYN_SENT'), 22)).toBeNull();
  expect(forwardedPort(TOLD.replaceAll('127.0.0.1', '0.0.0.0'), 22)).toBeNull();
  expect(forwardedPort('', 22)).toBeNull();
});
