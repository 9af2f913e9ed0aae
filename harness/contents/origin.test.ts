import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NamedPackage } from '../lock/types.ts';
import type { PackageDatabase } from '../packages/types.ts';
import { placePackages, shareOf } from './origin.ts';

const locked = (name: string, evr: string, repoid: string, sourcerpm?: string): NamedPackage => ({
  ...{ url: `https://x/${name}`, name, evr, repoid },
  ...(sourcerpm === undefined ? {} : { sourcerpm }),
});

const database = (packages: Record<string, string>): PackageDatabase[] => [
  {
    format: 'rpm',
    paths: [],
    packages: Object.entries(packages).map(([name, version]) => ({ name, version, architecture: 'x86_64' })),
  },
];

const share = (
  packages: Record<string, string>,
  entries: NamedPackage[],
  origin: string,
  by: 'source' | 'binary' = 'source',
) => shareOf(placePackages(database(packages), entries), origin, by);

test('a source counts once, and only when all of its packages are from there', () => {
  const entries = [
    locked('libgcc', '14-1', 'hummingbird', 'gcc-14-1.src.rpm'),
    locked('libstdc++', '14-1', 'fedora', 'gcc-14-1.src.rpm'),
    locked('bash', '5-1', 'hummingbird', 'bash-5-1.src.rpm'),
  ];
  const all = { libgcc: '14-1', 'libstdc++': '14-1', bash: '5-1' };
  expect(share(all, entries, 'hummingbird')).toEqual({
    by: 'source',
    from: 1,
    total: 2,
    others: ['gcc (fedora)'],
  });
  expect(share(all, entries, 'hummingbird', 'binary')).toMatchObject({
    from: 2,
    total: 3,
    others: ['libstdc++ (fedora)'],
  });
  expect(share(all, entries, 'hummingbird, fed*')).toMatchObject({ from: 2, total: 2 });
});

test('what the lock does not have in this version is not from there', () => {
  const entries = [locked('bash', '0:5-1', 'a'), locked('zlib', '1-1', 'a')];
  expect(share({ bash: '5-1', zlib: '1-2', dark: '1' }, entries, 'a')).toMatchObject({
    from: 1,
    total: 3,
    others: ['dark (unknown)', 'zlib (unknown)'],
  });
});

test('a version that two repositories have is from neither for certain', () => {
  const entries = [locked('bash', '5-1', 'a'), locked('bash', '5-1', 'b')];
  expect(share({ bash: '5-1' }, entries, 'a').others).toEqual(['bash (unknown)']);
});

test('a name of a repository is a name, and only * stands for more', () => {
  expect(share({ x: '1' }, [locked('x', '1', 'abc')], 'a.c').from).toBe(0);
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((name) => !/[,*]/.test(name) && name.trim() === name),
      (name) => {
        expect(share({ x: '1' }, [locked('x', '1', name)], name).from).toBe(1);
        expect(share({ x: '1' }, [locked('x', '1', `${name}x`)], name).from).toBe(0);
      },
    ),
  );
});
