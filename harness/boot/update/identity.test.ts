import { expect, test } from 'vitest';
import { parseIdentity } from './identity.ts';

const KEYS = 'c'.repeat(64);
const NO_KEYS = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test('an identity is read line by line', () => {
  const text = `machine-id 0123456789abcdef0123456789abcdef\nhost-keys ${KEYS}  -\nfile-systems a-b a-b\n`;
  expect(parseIdentity(text)).toEqual({
    machineId: '0123456789abcdef0123456789abcdef',
    hostKeys: KEYS,
    fileSystems: 'a-b a-b',
  });
});

test('what is not there is empty, and does not move the rest', () => {
  expect(parseIdentity(`machine-id \nhost-keys ${NO_KEYS}  -\nfile-systems  \n`)).toEqual({
    machineId: '',
    hostKeys: '',
    fileSystems: '',
  });
  expect(parseIdentity('')).toEqual({ machineId: '', hostKeys: '', fileSystems: '' });
});
