import { expect, test } from 'vitest';
import type { DebRepo } from '../fetch/debian/input.ts';
import { PackageIndex } from '../fetch/debian/package-index.ts';
import { dueAmong } from './current.ts';

/** An index of several repositories: `name version` of each. */
function indexOf(repositories: Record<string, string[]>): PackageIndex {
  const index = new PackageIndex();
  for (const [repoid, packages] of Object.entries(repositories)) {
    const text = packages.map((item) => {
      const [name, version] = item.split(' ');
      return `Package: ${name}\nVersion: ${version}\nFilename: pool/${name}.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\n`;
    });
    index.add(text.join('\n'), { repoid, baseurl: 'https://x/' } as DebRepo, 'x');
  }
  index.finish();
  return index;
}

const installed = (...items: string[]) =>
  items.map((item) => {
    const [name = '', version = ''] = item.split(' ');
    return { name, version, architecture: 'amd64' };
  });

test('a strictly newer version in any repository is due, and where it is', () => {
  const index = indexOf({ main: ['a 1-1', 'b 1:1', 'c 2~rc1'], security: ['a 1-1+deb12u1'] });
  expect(dueAmong(installed('c 2', 'b 9', 'a 1-1'), index)).toEqual({
    due: [
      { name: 'a', installed: '1-1', available: '1-1+deb12u1', repository: 'security' },
      { name: 'b', installed: '9', available: '1:1', repository: 'main' },
    ],
    unplaced: [],
  });
  expect(dueAmong(installed('a 1-1+deb12u1', 'b 1:1', 'c 2'), index)).toEqual({ due: [], unplaced: [] });
});

test('what no repository has is told', () => {
  expect(dueAmong(installed('own 1', 'a 1'), indexOf({ main: ['a 1'] }))).toEqual({
    due: [],
    unplaced: ['own'],
  });
});
