import { expect, test } from 'vitest';
import { late, refused } from './channel.ts';

test('a command that failed is not called one that did not run', () => {
  const error = refused('systemctl list-units\n', { status: 1, stderr: Buffer.from('Failed to\nconnect') });
  expect(error).toMatchObject({
    code: 'guest-unreachable',
    message: 'a command in the guest ended with 1: Failed to connect',
    hint: 'it was: systemctl list-units',
  });
  expect(refused('true', { status: 3, stderr: Buffer.alloc(0) }).message).toBe(
    'a command in the guest ended with 3 and said nothing',
  );
});

test('a command that did not end in time is late, and a slow host is told of', () => {
  expect(late(30, null)).toMatchObject({
    code: 'timeout',
    message: 'a command in the guest did not end within 30 s',
  });
  expect(late(30, 'the host was 4.0 times slower').message).toMatch(
    /within 30 s: the host was 4\.0 times slower$/,
  );
});
