import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratch } from '../../testing/oci/image.ts';
import { imagesOf } from './images.ts';
import { injectedLabels } from './injected-labels.ts';
import { lockFor } from './locks.ts';
import { argumentLines, pairsOf } from './pairs.ts';

const D1 = `sha256:${'1'.repeat(64)}`;
const D2 = `sha256:${'2'.repeat(64)}`;
const platform = 'linux/amd64';
const build = { buildArgs: {}, platform, buildPlatform: platform };

describe('images of a Containerfile', () => {
  const resolved = (text: string, known: string[] = []): string[] => {
    const { images, lacks } = imagesOf({ text, build, known });
    return [
      ...images.map(({ written, reference }) => `${written ?? ''} is ${reference}`),
      ...lacks.map(({ code, what }) => `${code}: ${what}`),
    ];
  };

  test.each<[string, string[], string[]]>([
    [`FROM quay.io/a/b:1@${D1}`, [], [`quay.io/a/b:1@${D1} is quay.io/a/b@${D1}`]],
    ['FROM quay.io/a/b:1', [`quay.io/a/b@${D1}`], [`quay.io/a/b:1 is quay.io/a/b@${D1}`]],
    ['FROM debian', [`docker.io/library/debian@${D1}`], [`debian is docker.io/library/debian@${D1}`]],
    ['FROM scratch', [], []],
    [
      'FROM quay.io/a/b:1',
      [`quay.io/a/c@${D1}`, `registry.example/a/b@${D1}`, 'quay.io/a/b:1'],
      [
        'builder-unresolved: line 1 of the Containerfile: no digest of quay.io/a/b:1 stands in provenance or SBOM',
      ],
    ],
    [
      'FROM quay.io/a/b:1',
      [`quay.io/a/b@${D1}`, `quay.io/a/b@${D2}`],
      [`builder-unresolved: line 1 of the Containerfile: 2 digests are known of quay.io/a/b:1: ${D1}, ${D2}`],
    ],
    [
      'ARG X\nFROM quay.io/a/b:$X',
      [`quay.io/a/b@${D1}`],
      ['recipe-incomplete: line 2 of the Containerfile: nothing gives X a value'],
    ],
  ])('%s', (text, known, expected) => {
    expect(resolved(`${text}\nCOPY a /\n`, known)).toEqual(expected);
  });

  test('everything that is lacking is told, not the first alone', () => {
    expect(resolved('FROM a.example/a AS a\nFROM b.example/b\nCOPY --from=a /x /\n')).toHaveLength(2);
  });
});

describe('labels that a build task sets by itself', () => {
  const known = { commit: 'a'.repeat(40), repository: 'https://git.example/app.git', architecture: 'amd64' };

  test('are set again where they say what the recipe comes to', () => {
    const right = {
      'vcs-ref': known.commit,
      'vcs-type': 'git',
      'vcs-url': 'https://git.example/app',
      architecture: 'x86_64',
      'build-date': '2026-03-01T00:00:00Z',
    };
    expect(injectedLabels({ ...right, maintainer: 'x' }, known)).toEqual({
      labels: right,
      dates: ['build-date'],
    });
  });

  test.each([
    ['vcs-ref', 'b'.repeat(40)],
    ['vcs-ref', 'aaaaaaa'],
    ['vcs-type', 'svn'],
    ['vcs-url', 'https://git.example/fork'],
    ['architecture', 'aarch64'],
    ['build-date', 'yesterday'],
    ['org.opencontainers.image.created', '2026-03-01T00:00:00Z; rm -rf /'],
    ['constructor', 'x'],
  ])('are not where they say anything else: %s=%s', (name, value) => {
    expect(injectedLabels({ [name]: value }, known).labels).toEqual({});
  });
});

describe('the lock', () => {
  test('is the one that prefetch-input names, or lies beside the Containerfile', async () => {
    await using folder = await scratch();
    const root = await realpath(folder.path);
    for (const path of ['a', 'images/x/rpms', 'images/y']) await mkdir(join(root, path), { recursive: true });
    for (const path of ['a/rpms.lock.yaml', 'images/x/rpms/rpms.lock.yaml', 'images/y/debs.lock.yaml'])
      await writeFile(join(root, path), '');
    const found = async (image: string, prefetch: string | null): Promise<string[]> => {
      const containerfile = join(root, 'images', image, 'Containerfile');
      const { lock, lacks } = await lockFor({ root, containerfile, prefetch });
      return [
        ...(lock === null ? [] : [`${lock.kind} ${lock.path.slice(root.length + 1)}`]),
        ...lacks.map(({ code, what }) => `${code}: ${what}`),
      ];
    };
    expect(await found('x', '{"type":"rpm","path":"a"}')).toEqual(['rpm a/rpms.lock.yaml']);
    expect(await found('x', null)).toEqual(['rpm images/x/rpms/rpms.lock.yaml']);
    expect(await found('y', null)).toEqual(['deb images/y/debs.lock.yaml']);
    expect(await found('z', null)).toEqual([]);
    expect(await found('z', '[{"type":"gomod","path":"."},{"type":"npm"}]')).toEqual([
      expect.stringContaining('unsupported: packages of the type gomod') as string,
      expect.stringContaining('unsupported: packages of the type npm') as string,
    ]);
    expect(await found('z', '{"type":"rpm","path":"../.."}')).toEqual([
      expect.stringContaining('recipe-incomplete: the lock ../../rpms.lock.yaml leads out') as string,
    ]);
    expect(await found('z', '{"type":"rpm"')).toEqual([
      expect.stringContaining('recipe-incomplete: prefetch-input') as string,
    ]);
  });
});

test('arguments are pairs, the later one of a name counts, and those without a value are told', () => {
  expect(pairsOf(['A=1', 'B=x=y', 'A=2', 'C', '=d'])).toEqual({
    pairs: { A: '2', B: 'x=y' },
    without: ['C', '=d'],
  });
  expect(argumentLines('# a\nA=1\n\nB=2 \n')).toEqual(['A=1', 'B=2']);
});
