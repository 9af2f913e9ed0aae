import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLock } from './parse.ts';
import type { NamedPackage } from './types.ts';
import { formatLock, replaceFile } from './write.ts';

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const word = fc.stringMatching(/^[a-z0-9][a-z0-9.+~-]{0,12}$/);
const locked: fc.Arbitrary<NamedPackage> = fc
  .record({ name: word, evr: word, size: fc.integer({ min: 1, max: 1e9 }), hex, source: fc.option(word) })
  .map(({ name, evr, size, hex, source }) => ({
    url: `https://deb.debian.org/debian/pool/main/${name}_${evr}_amd64.deb`,
    repoid: 'bookworm',
    size,
    checksum: `sha256:${hex}`,
    name,
    evr,
    ...(source === null ? {} : { sourcerpm: source }),
  }));

describe('formatLock', () => {
  it('is read back as it was, sorted, whatever names and versions look like', () => {
    const packages = fc.uniqueArray(locked, { selector: ({ name }) => name });
    fc.assert(
      fc.property(packages, (list) => {
        const origins = [{ url: 'https://deb.debian.org/debian/', mirrors: ['https://a.example/x/'] }];
        const arches = [{ arch: 'amd64', packages: list, source: [], moduleMetadata: [] }];
        const text = formatLock({ kind: 'deb', arches, origins });
        const back = parseLock(text, 'debs.lock.yaml');
        expect(back.origins).toEqual(origins);
        expect(back.arches[0]?.packages).toEqual(list.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
        expect(formatLock(back)).toBe(text);
        const reversed = [{ arch: 'amd64', packages: list.toReversed(), source: [], moduleMetadata: [] }];
        expect(formatLock({ kind: 'deb', arches: reversed, origins })).toBe(text);
      }),
    );
  });

  it('tells which Release files were past their Valid-Until, and reads it back', () => {
    const url = 'https://deb.debian.org/debian/dists/sid/InRelease';
    const [date, validUntil] = [new Date('2026-10-30T08:08:01Z'), new Date('2026-11-06T08:08:01Z')];
    const expiredReleases = [{ url, repoid: 'sid', date, validUntil }];
    const arches = [{ arch: 'amd64', packages: [], source: [], moduleMetadata: [] }];
    const text = formatLock({ kind: 'deb', arches, origins: [], expiredReleases });
    expect(text).toContain(
      `expiredReleases:\n- url: ${url}\n  repoid: sid\n  date: 2026-10-30T08:08:01Z\n  validUntil: 2026-11-06T08:08:01Z\n`,
    );
    const back = parseLock(text, 'debs.lock.yaml');
    expect(back.expiredReleases).toEqual(expiredReleases);
    expect(formatLock(back)).toBe(text);
    const faulty: [string, string, string][] = [
      ['2026-11-06T08:08:01Z', 'soon', 'debs.lock.yaml:8:15'],
      [url, 'file:///etc/passwd', 'debs.lock.yaml:5:8'],
      ['repoid: sid', 'repoid: ../sid', 'debs.lock.yaml:6:11'],
      ['  repoid: sid\n', '', 'debs.lock.yaml:5:3'],
    ];
    for (const [from, to, where] of faulty) {
      expect(() => parseLock(text.replace(from, to), 'debs.lock.yaml')).toThrow(
        expect.objectContaining({ code: 'lock-invalid', where }) as Error,
      );
    }
  });

  it('writes the keys in the order of rpm-lockfile-prototype', () => {
    const arch = { arch: 'amd64', packages: [], source: [], moduleMetadata: [] };
    expect(formatLock({ kind: 'deb', arches: [arch], origins: [] })).toBe(
      '---\nlockfileVersion: 1\nlockfileVendor: twinproof\narches:\n- arch: amd64\n  packages: []\n  source: []\n  module_metadata: []\n',
    );
  });
});

describe('replaceFile', () => {
  it('replaces the text and leaves nothing else behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lock-'));
    const path = join(folder, 'a.yaml');
    await writeFile(path, 'old');
    await replaceFile(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['a.yaml']);
    await expect(replaceFile(join(folder, 'none/a'), 'x')).rejects.toThrow('ENOENT');
    await rm(folder, { recursive: true });
  });
});
