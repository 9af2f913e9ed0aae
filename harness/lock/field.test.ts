import { describe, expect, it } from 'vitest';
import { pinOf, whyUnverified } from './checksum.ts';
import { parseLock } from './parse.ts';
import type { LockedPackage } from './types.ts';

const HEX = 'a'.repeat(64);
const HEAD = 'lockfileVersion: 1\nlockfileVendor: redhat\narches:\n';
const at = (file: string): string => `https://example.org/os/Packages/${file}`;

/** The packages of the first architecture. */
function packagesOf(text: string): LockedPackage[] {
  return parseLock(text, 'rpms.lock.yaml').arches[0]?.packages ?? [];
}

const listed = (...entries: string[]): string =>
  `${HEAD}- arch: x86_64\n  packages:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`;

describe('locks as the field has them', () => {
  it('need neither module_metadata nor source, as before September 2024', () => {
    const text = listed(
      `{url: "${at('a.rpm')}", repoid: r, size: 1, checksum: "sha256:${HEX}", name: a, evr: 1-1}`,
    );
    expect(parseLock(text, 'rpms.lock.yaml').arches).toEqual([
      {
        arch: 'x86_64',
        packages: [
          { url: at('a.rpm'), repoid: 'r', size: 1, checksum: `sha256:${HEX}`, name: 'a', evr: '1-1' },
        ],
        source: [],
        moduleMetadata: [],
      },
    ]);
  });

  it('need nothing of an entry but its URL', () => {
    const [entry] = packagesOf(listed(`url: ${at('a.rpm')}`));
    expect(entry).toEqual({ url: at('a.rpm'), repoid: 'unaffiliated' });
    expect(whyUnverified(entry ?? {})).toBe('the lock has no checksum');
  });

  it.each(['~', 'null', '', '&nothing ~'])(
    'take a key with the value "%s" for one that is not there',
    (nothing) => {
      const keys = ['repoid', 'size', 'checksum', 'name', 'evr', 'sourcerpm'];
      const entry = [`url: ${at('a.rpm')}`, ...keys.map((key) => `${key}: ${nothing}`)].join('\n    ');
      expect(packagesOf(listed(entry))).toEqual([{ url: at('a.rpm'), repoid: 'unaffiliated' }]);
    },
  );

  it('may have sources or module metadata only, and sizes as text', () => {
    const text = `{"lockfileVersion": 1, "arches": [{"arch": "x86_64", "source": [{"url": "${at('a.src.rpm')}", "size": "7"}]}]}`;
    expect(parseLock(text, 'rpms.lock.yaml').arches[0]?.source[0]).toMatchObject({ size: 7 });
  });

  it.each([
    ['sha512', 128, true],
    ['sha384', 96, true],
    ['sha224', 56, true],
    ['SHA256', 64, true],
    ['sha1', 40, false],
    ['md5', 32, false],
  ])('may have checksums of %s', (algorithm, digits, proves) => {
    const [entry] = packagesOf(
      listed(`{url: "${at('a.rpm')}", checksum: "${algorithm}:${'A'.repeat(digits)}"}`),
    );
    expect(entry?.checksum).toBe(`${algorithm.toLowerCase()}:${'a'.repeat(digits)}`);
    expect(pinOf(entry ?? {}) !== null).toBe(proves);
    if (!proves)
      expect(whyUnverified(entry ?? {})).toBe(`the lock has only ${algorithm}, which proves nothing`);
  });

  it('may share lists and entries by aliases, as Python writes them, and merge mappings', () => {
    const text = `${HEAD}- arch: x86_64
  packages: &id001
  - &first {url: "${at('a.noarch.rpm')}", repoid: r, checksum: "sha256:${HEX}"}
  - {<<: *first, url: "${at('b.noarch.rpm')}", repoid: s}
- arch: aarch64
  packages: *id001
`;
    const { arches } = parseLock(text, 'rpms.lock.yaml');
    const both = [
      { url: at('a.noarch.rpm'), repoid: 'r', checksum: `sha256:${HEX}` },
      { url: at('b.noarch.rpm'), repoid: 's', checksum: `sha256:${HEX}` },
    ];
    expect(arches.map(({ packages }) => packages)).toEqual([both, both]);
  });

  it('say twice what they say once', () => {
    const one = `{url: "${at('a.rpm')}", repoid: r, size: 1}`;
    const more = `{url: "${at('a.rpm')}", checksum: "sha256:${HEX}"}`;
    expect(packagesOf(listed(one, one))).toHaveLength(1);
    expect(packagesOf(listed(`{url: "${at('a.rpm')}", size: 1}`, more))).toEqual([
      { url: at('a.rpm'), repoid: 'unaffiliated', size: 1, checksum: `sha256:${HEX}` },
    ]);
  });

  it('do not say two things of one URL', () => {
    const other = `{url: "${at('a.rpm')}", size: 2}`;
    expect(() => packagesOf(listed(`{url: "${at('a.rpm')}", size: 1}`, other))).toThrow(
      'this URL is listed twice',
    );
  });

  it('have one file under two URLs only if its checksum says that it is one', () => {
    const noarch = (arch: string, hex: string): string =>
      `{url: "https://example.org/${arch}/a.noarch.rpm", repoid: r, checksum: "sha256:${hex}"}`;
    expect(packagesOf(listed(noarch('x86_64', HEX), noarch('aarch64', HEX)))).toHaveLength(1);
    expect(() => packagesOf(listed(noarch('x86_64', HEX), noarch('aarch64', 'b'.repeat(64))))).toThrow(
      'the file is listed twice: "r/a.noarch.rpm"',
    );
  });

  it('have no metadata of modules where a package lies', () => {
    const text = `${listed(`{url: "${at('p/a.rpm')}", repoid: r}`)}  module_metadata:\n`;
    const metadata = (file: string): string => `${text}  - {url: "${at(file)}", repoid: r}\n`;
    expect(packagesOf(metadata('q/b.rpm'))).toHaveLength(1);
    expect(() => packagesOf(metadata('q/a.rpm'))).toThrow('the file is listed twice: "r/a.rpm"');
  });

  it('keep files of one name apart that belong to no repository', () => {
    const names = ['p/a%2Bb.rpm', 'q/a+b.rpm', 'r/a+b.rpm?token=1', 'r/c.rpm'];
    expect(
      packagesOf(listed(...names.map((name) => `url: ${at(name)}`))).map(({ repoid }) => repoid),
    ).toEqual(['unaffiliated', 'unaffiliated-2', 'unaffiliated-3', 'unaffiliated']);
    const own = packagesOf(
      listed(`{url: "${at('x/a.rpm')}", repoid: unaffiliated}`, `url: ${at('y/a.rpm')}`),
    );
    expect(own.map(({ repoid }) => repoid)).toEqual(['unaffiliated', 'unaffiliated-2']);
  });
});
