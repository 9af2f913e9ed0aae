import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorLine } from '../../errors.ts';
import { resolveClosure } from './closure.ts';
import type { DebRepo } from './input.ts';
import { DEBIAN_KEYRING } from './keyring.ts';
import { PackageIndex } from './package-index.ts';

const REPO: DebRepo = {
  repoid: 'a',
  baseurl: 'https://x.example/',
  mirrors: [],
  suite: 's',
  components: ['main'],
  keyring: DEBIAN_KEYRING,
  checkValidUntil: true,
};

const stanza = (name: string, fields: Record<string, string> = {}): string =>
  Object.entries({
    Package: name,
    Version: '1.0-1',
    Filename: `pool/${name}.deb`,
    Size: '10',
    SHA256: 'a'.repeat(64),
    ...fields,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

interface Request {
  packages?: string[];
  exclude?: string[];
  essential?: boolean;
  noDependencies?: boolean;
}

function resolve(
  stanzas: string[],
  request: Request = {},
): { names: string[]; conflicts: string[] } | string {
  const index = new PackageIndex();
  index.add(stanzas.join('\n'), REPO, 'Packages');
  index.finish();
  const packages = (request.packages ?? ['app']).map((text) => {
    const [name = '', version = null] = text.split('=');
    return { name, version };
  });
  try {
    const closure = resolveClosure(index, {
      path: 'debs.in.yaml',
      packages,
      excludePackages: request.exclude ?? [],
      noDependencies: request.noDependencies ?? false,
      includeEssential: request.essential ?? false,
    });
    return {
      names: closure.packages.map(({ name, version }) => `${name} ${version}`),
      conflicts: closure.conflicts,
    };
  } catch (error) {
    return errorLine(error);
  }
}

const names = (stanzas: string[], request: Request = {}): string[] | string => {
  const result = resolve(stanzas, request);
  return typeof result === 'string' ? result : result.names.map((text) => text.replace(/ 1\.0-1$/, ''));
};

describe('resolveClosure', () => {
  it('follows Depends and Pre-Depends, and neither Recommends nor Suggests', () => {
    const app = stanza('app', { Depends: 'b (>= 1.0)', 'Pre-Depends': 'c', Recommends: 'd', Suggests: 'd' });
    expect(names([app, stanza('b', { Depends: 'app' }), stanza('c'), stanza('d')])).toEqual([
      'app',
      'b',
      'c',
    ]);
  });

  it('takes the highest version unless one is asked for', () => {
    const versions = [
      stanza('app'),
      stanza('app', { Version: '2:0.1-1' }),
      stanza('app', { Version: '3.0-1' }),
    ];
    expect(resolve(versions)).toMatchObject({ names: ['app 2:0.1-1'] });
    expect(resolve(versions, { packages: ['app=3.0-1'] })).toMatchObject({ names: ['app 3.0-1'] });
    expect(resolve(versions, { packages: ['app=4'] })).toMatch(
      /no suite has app 4, only 2:0\.1-1, 3\.0-1, 1\.0-1/,
    );
  });

  it('of alternatives it takes one that is chosen already, else the first that can be had', () => {
    const app = stanza('app', { Depends: 'gone | b | c' });
    expect(names([app, stanza('b'), stanza('c')])).toEqual(['app', 'b']);
    expect(names([app, stanza('b'), stanza('c')], { packages: ['app', 'c'] })).toEqual(['app', 'c']);
  });

  it('lets virtual packages be provided, with a version only where one is given', () => {
    const app = stanza('app', { Depends: 'virtual' });
    const important = stanza('z', { Provides: 'virtual', Priority: 'important' });
    expect(names([app, stanza('b', { Provides: 'virtual' }), important])).toEqual(['app', 'z']);
    const versioned = stanza('app', { Depends: 'virtual (>= 2)' });
    expect(names([versioned, stanza('b', { Provides: 'virtual' })])).toMatch(
      /nothing meets virtual \(>= 2\)/,
    );
    expect(names([versioned, stanza('b', { Provides: 'virtual (= 2.1)' })])).toEqual(['app', 'b']);
  });

  it('does without what is excluded, and takes nothing in its place', () => {
    const app = stanza('app', { Depends: 'shell | other, c' });
    const all = [app, stanza('shell'), stanza('other'), stanza('c')];
    expect(names(all, { exclude: ['shell'] })).toEqual(['app', 'c']);
  });

  it('adds what is essential or required only when asked', () => {
    const all = [stanza('app'), stanza('b', { Essential: 'yes' }), stanza('c', { Priority: 'required' })];
    expect(names(all)).toEqual(['app']);
    expect(names(all, { essential: true })).toEqual(['app', 'b', 'c']);
    expect(names(all, { essential: true, exclude: ['b'] })).toEqual(['app', 'c']);
  });

  it('tells all that cannot be met, and what does not go together', () => {
    const app = stanza('app', { Depends: 'b (>> 1.0-1), c', Conflicts: 'd' });
    expect(names([app, stanza('b')])).toMatch(
      /^debs\.in\.yaml: lock-invalid: nothing meets b \(>> 1\.0-1\), .*; nothing meets c, which app/,
    );
    const result = resolve(
      [stanza('app', { Conflicts: 'd', Breaks: 'e (<< 2)' }), stanza('d'), stanza('e')],
      {
        packages: ['app', 'd', 'e'],
      },
    );
    expect(result).toMatchObject({ conflicts: ['app conflicts with d', 'app breaks e'] });
  });

  it('whatever it chooses is closed, and the same in any order of the index', () => {
    const alphabet = ['a', 'b', 'c', 'd', 'e'].map((letter) => `pkg-${letter}`);
    const graph = fc.array(fc.subarray(alphabet), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(graph, fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), (depends, order) => {
        const stanzas = alphabet.map((name, i) =>
          stanza(name, depends[i]?.length === 0 ? {} : { Depends: depends[i]?.join(', ') ?? '' }),
        );
        const chosen = names(stanzas, { packages: ['pkg-a'] });
        expect(
          names(
            order.map((i) => stanzas[i] ?? ''),
            { packages: ['pkg-a'] },
          ),
        ).toEqual(chosen);
        for (const name of chosen) {
          for (const needed of depends[alphabet.indexOf(name)] ?? []) expect(chosen).toContain(needed);
        }
      }),
    );
  });

  it('refuses an index that points out of its archive', () => {
    const index = new PackageIndex();
    const outside = stanza('app', { Filename: '../../etc/passwd' });
    expect(() => index.add(outside, REPO, 'Packages')).toThrow(/the entry of "app" is broken/);
  });
});
