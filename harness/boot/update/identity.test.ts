import { expect, test } from 'vitest';
import { parseIdentity, sharedKeys } from './identity.ts';

const KEYS = `${'a'.repeat(64)} ${'c'.repeat(64)}`;

test('an identity is read line by line', () => {
  const text = `machine-id 0123456789abcdef0123456789abcdef\nhost-keys ${KEYS}\nfile-systems a-b a-b\n`;
  expect(parseIdentity(text)).toEqual({
    machineId: '0123456789abcdef0123456789abcdef',
    hostKeys: KEYS,
    fileSystems: 'a-b a-b',
  });
});

test('what is not there is empty, and does not move the rest', () => {
  expect(parseIdentity('machine-id \nhost-keys\nfile-systems  \n')).toEqual({
    machineId: '',
    hostKeys: '',
    fileSystems: '',
  });
  expect(parseIdentity('')).toEqual({ machineId: '', hostKeys: '', fileSystems: '' });
});

test.each([
  ['k1 k2', 'k2 k3', ['k2']],
  ['k1 k2', 'k3', []],
  ['', '', []],
])('of the host keys "%s" and "%s" those are shared that are in both', (a, b, shared) => {
  const identity = (hostKeys: string) => ({ machineId: '', hostKeys, fileSystems: '' });
  expect(sharedKeys(identity(a), identity(b))).toEqual(shared);
});
