import { describe, expect, it } from 'vitest';
import type { NamedPackage } from '../lock/types.ts';
import { compareWithLock } from './compare-lock.ts';
import type { PackageDatabase } from './types.ts';

function database(...packages: string[]): PackageDatabase {
  return {
    format: 'rpm',
    paths: ['x'],
    packages: packages.map((text) => {
      const [name = '', version = '', architecture = ''] = text.split(' ');
      return { name, version, architecture };
    }),
  };
}

const locked = (name: string, evr: string, file: string): NamedPackage => ({
  name,
  evr,
  url: `https://example.org/p/${file}`,
  repoid: 'r',
  size: 1,
  checksum: 'sha256:0',
});

const compare = (
  installed: PackageDatabase[],
  ...packages: NamedPackage[]
): ReturnType<typeof compareWithLock> =>
  compareWithLock(installed, {
    arch: 'x86_64',
    packages,
    source: [locked('src', '1', 'src-1.src.rpm')],
    moduleMetadata: [],
  });

const same = { extra: [], missing: [], otherVersion: [] };

describe('compareWithLock', () => {
  it('finds nothing where all is as locked', () => {
    const installed = [database('a 1-1 x86_64', 'b 0:2-1 noarch'), database('c 1:3 all', 'a 1-1 x86_64')];
    expect(
      compare(
        installed,
        locked('a', '1-1', 'a-1-1.x86_64.rpm'),
        locked('b', '2-1', 'b-2-1.noarch.rpm'),
        locked('c', '1:3', 'c_1%3a3_all.deb'),
      ),
    ).toEqual(same);
    expect(compare([])).toEqual(same);
  });

  it('names extra, missing and other versions', () => {
    expect(
      compare(
        [database('b 2 x86_64', 'extra 1 x86_64', 'a 1 x86_64')],
        locked('a', '1', 'a-1.x86_64.rpm'),
        locked('b', '3', 'b-3.x86_64.rpm'),
        locked('gone', '4', 'gone-4.x86_64.rpm'),
      ),
    ).toEqual({
      extra: ['extra 1'],
      missing: ['gone 4'],
      otherVersion: [{ name: 'b', installed: '2', locked: '3' }],
    });
  });

  it('tells packages of several versions and architectures apart', () => {
    const two = [locked('k', '1', 'k-1.x86_64.rpm'), locked('k', '2', 'k-2.x86_64.rpm')];
    expect(compare([database('k 1 x86_64', 'k 2 x86_64')], ...two)).toEqual(same);
    expect(compare([database('k 1 x86_64')], ...two)).toEqual({ ...same, missing: ['k 2'] });
    expect(compare([database('k 1 i686', 'k 2 x86_64')], ...two)).toEqual({
      ...same,
      otherVersion: [{ name: 'k', installed: '1 (i686)', locked: '1 (x86_64)' }],
    });
  });

  it('lets any architecture match where the URL tells none', () => {
    const odd = locked('a', '1', 'package?arch=x86_64');
    expect(compare([database('a 1 x86_64')], odd)).toEqual(same);
    expect(compare([database('a 1 x86_64', 'a 1 i686')], odd, locked('a', '1', 'a-1.i686.rpm'))).toEqual(
      same,
    );
    expect(compare([database('a 1')], locked('a', '1', 'a-1.i686.rpm'))).toEqual(same);
  });
});
