import { expect, test } from 'vitest';
import { originGroups } from './origin-groups.ts';
import type { Placed } from './origin.ts';

const rpm = (name: string, version: string, more: object = {}) => ({
  ...{ name, version, architecture: 'x86_64' },
  ...more,
});

test('packages are counted by repository, and by what they say of themselves', () => {
  const hum = { vendor: 'Hummingbird', signedBy: 'aa' };
  const databases = [
    {
      format: 'rpm',
      paths: [],
      packages: [
        rpm('a', '1-2.hum1', hum),
        rpm('b', '1:3-4.hum1', hum),
        rpm('c', '1-2.fc43', { vendor: 'Fedora Project', signedBy: 'bb' }),
        rpm('d', '1.0-9.el9_4.1'),
        rpm('e', '1-7'),
      ],
    },
    { format: 'dpkg', paths: [], packages: [rpm('f', '1.2-3.deb', { vendor: 'Debian' })] },
  ];
  const placed: Placed[] = [
    { name: 'a', version: '1-2.hum1', source: 'a', repository: 'hum' },
    ...['b', 'c', 'd', 'e', 'f'].map((name) => ({ name, version: '1', source: name, repository: null })),
  ];
  expect(originGroups(databases, placed)).toEqual({
    repository: { unknown: 5, hum: 1 },
    vendor: { Hummingbird: 2, unknown: 2, Debian: 1, 'Fedora Project': 1 },
    signedBy: { aa: 2, unknown: 2, bb: 1 },
    distTag: { hum1: 2, unknown: 2, fc43: 1 },
  });
});

test('names of every object of JavaScript are names', () => {
  const packages = [rpm('a', '1-1', { vendor: '__proto__' }), rpm('b', '1-1', { vendor: 'constructor' })];
  const { vendor } = originGroups([{ format: 'rpm', paths: [], packages }], []);
  expect(Object.entries(vendor)).toEqual([
    ['__proto__', 1],
    ['constructor', 1],
  ]);
});
