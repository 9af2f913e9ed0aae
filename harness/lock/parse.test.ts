import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorLine, TwinproofError } from '../errors.ts';
import { lockFormatOf } from './format.ts';
import { parseLock, readLock } from './parse.ts';

const HEX = 'a'.repeat(64);

/** As rpm-lockfile-prototype writes it, with what others add: comments and keys that we do not know. */
const RPMS = `---
# input-file-hash ${HEX}
lockfileVersion: 1
lockfileVendor: redhat
renovate: { hash: a788c1fb }
arches:
- arch: x86_64
  packages:
  - url: https://example.org/os/Packages/a/acl-2.3.1-4.el9.x86_64.rpm
    repoid: fedora-43
    size: 77230
    checksum: sha256:${HEX}
    name: acl
    evr: 2.3.1-4.el9
    sourcerpm: acl-2.3.1-4.el9.src.rpm
  - url: https://example.org/os/Packages/d/dbus-1.12.20-8.el9.x86_64.rpm
    repoid: fedora-43
    size: 8138
    checksum: sha512:${'b'.repeat(128)}
    name: dbus
    evr: 1:1.12.20-8.el9
    arch: x86_64
  source:
  - url: https://example.org/src/Packages/a/acl-2.3.1-4.el9.src.rpm
    repoid: fedora-43-source
    size: 537600
    checksum: sha256:${HEX}
    name: acl
    evr: 2.3.1-4.el9
  module_metadata:
  - url: https://example.org/os/repodata/${HEX}-modules.yaml.gz
    repoid: fedora-43
    size: 123
    checksum: sha256:${HEX}
- arch: aarch64
  packages: []
  source: []
  module_metadata: []
`;

/** Lists of lists by aliases: the file is small, what it says is not. */
function bomb(size: number): string {
  const entries = `&p [${'{url: "https://example.org/a.rpm"},'.repeat(size)}]`;
  const arches = Array.from(
    { length: size },
    (_, at) => `{arch: a${at}, packages: ${at === 0 ? entries : '*p'}}`,
  );
  return `lockfileVersion: 1\narches: [${arches.join(',')}]\n`;
}

function complaint(text: string, path = 'rpms.lock.yaml'): string {
  try {
    parseLock(text, path);
  } catch (error) {
    expect(error).toBeInstanceOf(TwinproofError);
    expect((error as TwinproofError).code).toBe('lock-invalid');
    return errorLine(error);
  }
  return '';
}

describe('parseLock', () => {
  it('reads what rpm-lockfile-prototype writes', () => {
    const lock = parseLock(RPMS, 'images/x/rpms.lock.yaml');
    expect(lock.kind).toBe('rpm');
    expect(lock.arches.map(({ arch }) => arch)).toEqual(['x86_64', 'aarch64']);
    expect(lock.arches[0]?.packages[1]).toEqual({
      url: 'https://example.org/os/Packages/d/dbus-1.12.20-8.el9.x86_64.rpm',
      repoid: 'fedora-43',
      size: 8138,
      checksum: `sha512:${'b'.repeat(128)}`,
      name: 'dbus',
      evr: '1:1.12.20-8.el9',
    });
    expect(lock.arches[0]?.source).toHaveLength(1);
    expect(lock.arches[0]?.moduleMetadata[0]?.size).toBe(123);
    expect(lock.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('takes versions as text, quoted or not', () => {
    const lock = parseLock(
      RPMS.replace('evr: 2.3.1-4.el9\n    sourcerpm', 'evr: 1.10\n    sourcerpm'),
      'rpms.lock.yaml',
    );
    expect(lock.arches[0]?.packages[0]?.evr).toBe('1.10');
  });

  it.each([
    [
      'bad hex',
      `checksum: sha256:${HEX}`,
      'checksum: sha256:xyz',
      ':12:15: lock-invalid: this is no checksum',
    ],
    ['short hex', `checksum: sha256:${HEX}`, `checksum: sha256:${HEX.slice(1)}`, ':12:15: .*no checksum'],
    ['blake2', `checksum: sha256:${HEX}`, `checksum: blake2b:${HEX}`, ':12:15: .*no checksum'],
    ['short md5', `checksum: sha256:${HEX}`, `checksum: md5:${'a'.repeat(31)}`, ':12:15: .*no checksum'],
    ['negative size', 'size: 77230', 'size: -1', ':11:11: .*size must be'],
    ['fraction', 'size: 77230', 'size: 1.5', ':11:11: .*size must be'],
    ['huge size', 'size: 77230', 'size: 999999999999', ':11:11: .*size must be'],
    ['list as size', 'size: 77230', 'size: [1]', ':11:11: .*size must be text'],
    ['file URL', 'https://example.org/os/Packages/a/acl', 'file:///etc/passwd#', ':9:10: .*not http'],
    [
      'no URL',
      '  - url: https://example.org/os/Packages/a/acl-2.3.1-4.el9.x86_64.rpm\n    repoid',
      '  - repoid',
      ':9:5: .*key url is missing',
    ],
    ['climbing', '/os/Packages/a/acl', '/os/../../a/acl', ':9:10: .*climbs'],
    ['encoded climbing', '/os/Packages/a/acl', '/os/%2E%2e/a/acl', ':9:10: .*climbs'],
    ['encoded slash', '/os/Packages/a/acl', '/os/..%2f..%2fa/acl', ':9:10: .*climbs'],
    ['doubly encoded', '/os/Packages/a/acl', '/os/%252e%252e/acl', ':9:10: .*climbs'],
    ['backslash', '/os/Packages/a/acl', '/os\\\\..\\\\acl', ':9:10: .*backslash'],
    [
      'credentials',
      'https://example.org/os/Packages/a',
      'https://me:pw@example.org/a',
      ':9:10: .*credentials',
    ],
    [
      'empty credentials',
      'https://example.org/os/Packages/a',
      'https://@example.org/a',
      ':9:10: .*credentials',
    ],
    ['folder URL', '/acl-2.3.1-4.el9.x86_64.rpm', '/', ':9:10: .*file name'],
    [
      'host only',
      'https://example.org/os/Packages/a/acl-2.3.1-4.el9.x86_64.rpm',
      'https://example.rpm',
      ':9:10: .*file name',
    ],
    [
      'host and query',
      'https://example.org/os/Packages/a/acl-2.3.1-4.el9.x86_64.rpm',
      'https://example.org?a/b.rpm',
      ':9:10: .*file name',
    ],
    ['odd file name', '/acl-2.3.1-4.el9.x86_64.rpm', '/%0aacl', ':9:10: .*file name'],
    [
      'repoid with a path',
      'repoid: fedora-43\n    size: 77230',
      'repoid: ../x\n    size: 1',
      ':10:13: .*repoid',
    ],
    ['same URL', 'd/dbus-1.12.20-8.el9', 'a/acl-2.3.1-4.el9', ':16:5: .*listed twice'],
    [
      'same file',
      'd/dbus-1.12.20-8.el9',
      'b/acl-2.3.1-4.el9',
      ':16:5: .*file is listed twice: "fedora-43/acl',
    ],
    ['same arch', 'arch: aarch64', 'arch: x86_64', ':35:3: .*x86_64 is given twice'],
    ['arch with a path', 'arch: aarch64', 'arch: ../x', ':35:9: .*architecture'],
    ['version 2', 'lockfileVersion: 1', 'lockfileVersion: 2', ':3:18: .*only lockfileVersion 1'],
    ['same key', 'lockfileVersion: 1', 'lockfileVersion: 1\nlockfileVersion: 1', ':4:1: .*given twice'],
    ['tab', '  packages:', '\tpackages:', ':8:1: .*not valid YAML'],
    ['an alias within itself', 'packages: []', 'packages: &a [*a]', ':36:17: .*must be a mapping'],
    ['an alias of nothing', 'packages: []', 'packages: *a', ':36:13: .*alias without its anchor'],
    ['null', 'packages: []', 'packages:', ':36:12: .*packages must be a list'],
    [
      'no list at all',
      'arch: aarch64\n  packages: []\n  source: []\n  module_metadata: []\n',
      'arch: aarch64\n',
      ':35:3: .*none of packages, source, module_metadata',
    ],
    ['origins', 'arches:\n', 'origins: [{url: "https://a/b", mirrors: []}]\narches:\n', ':6:17: .*slash'],
  ])('says where it is wrong: %s', (_what, from, to, expected) => {
    expect(RPMS).toContain(from);
    expect(complaint(RPMS.replace(from, to))).toMatch(new RegExp(`^rpms.lock.yaml.*${expected}`));
  });

  it('allows several versions of a name in rpm locks and refuses them in deb locks', () => {
    const twice = RPMS.replace('name: dbus', 'name: acl');
    expect(complaint(twice)).toBe('');
    expect(complaint(twice, 'debs.lock.yaml')).toMatch(/:16:5: .*package is listed twice: "acl"/);
  });

  it('names the first fault and counts the others, on one line', () => {
    const line = complaint(RPMS.replaceAll('size: ', 'size: x'));
    expect(line).toMatch(/^rpms.lock.yaml:11:11: .*; and 3 other faults, the next at 18:11$/);
  });

  it('escapes what the lock says', () => {
    expect(complaint(RPMS.replace('---\n', '---\n"\\e[2J\\u202e": 1\n"\\e[2J\\u202e": 2\n'))).toContain(
      '"\\u001b[2J\\u202e"',
    );
  });

  it('notices a Debian lock that is cut off anywhere, except between two architectures', () => {
    const boundary = RPMS.indexOf('- arch: aarch64');
    for (let length = 0; length < RPMS.length; length += 1) {
      // With or without the end of the line before it, which is a bracket at the end of all.
      if ([boundary, boundary - 1, RPMS.length - 1].includes(length)) continue;
      expect(complaint(RPMS.slice(0, length), 'debs.lock.yaml'), `${length} characters`).not.toBe('');
    }
  });

  it('never takes a part of a value in an rpm lock that is cut off for the whole', () => {
    const whole = JSON.stringify(parseLock(RPMS, 'rpms.lock.yaml'));
    for (let length = 0; length < RPMS.length; length += 1) {
      if (complaint(RPMS.slice(0, length)) !== '') continue;
      const { arches } = parseLock(RPMS.slice(0, length), 'rpms.lock.yaml');
      const values = arches.flatMap(({ packages, source }) =>
        [...packages, ...source].flatMap((entry): unknown[] => Object.values(entry)),
      );
      for (const value of values)
        expect(`${whole}"unaffiliated"`, `${length} characters`).toContain(JSON.stringify(value));
    }
  });

  it.each([
    ['empty', ''],
    ['text', 'hello'],
    ['a list', '- 1'],
    ['two documents', `${RPMS}---\n${RPMS}`],
    ['brackets in brackets', '['.repeat(500_000)],
    ['nested dashes', '- '.repeat(500_000)],
    ['an alias bomb', bomb(700)],
    ['a mapping merged into itself', `arches: &a\n  <<: *a\n`],
    ['wide', 'k: [\n'.repeat(400_000)],
  ])('refuses %s', (_what, text) => {
    expect(complaint(text)).toMatch(/lock-invalid/);
  });

  it('either reads any variation of a lock or complains with a place', () => {
    const piece = fc.constantFrom(
      ' ',
      '\n',
      '-',
      ':',
      '[',
      ']',
      '"',
      '&',
      '*',
      '#',
      '..',
      '/',
      '%2e',
      '\0',
      '|',
    );
    fc.assert(
      fc.property(fc.nat(RPMS.length), fc.nat(20), piece, (at, drop, text) => {
        const line = complaint(RPMS.slice(0, at) + text + RPMS.slice(at + drop));
        expect(line).toMatch(/^(rpms.lock.yaml:\d+:\d+: lock-invalid: .+)?$/);
      }),
    );
  });
});

describe('readLock', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lock-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads a file and knows its kind by its name', async () => {
    const path = join(folder, 'debs.lock.yaml');
    await writeFile(path, RPMS);
    expect(await readLock(path)).toMatchObject({ kind: 'deb', path });
    expect(lockFormatOf('/a/rpms.in.yaml').kind).toBe('rpm');
    expect(() => lockFormatOf('/a/apks.lock.yaml')).toThrow('its name does not say of what packages it is');
  });

  it.each([
    ['too large', Buffer.alloc(4 * 1024 ** 2 + 1), 'larger than'],
    ['not UTF-8', Buffer.from([0xff, 0xfe]), 'not UTF-8'],
  ])('refuses a file that is %s', async (_what, bytes, expected) => {
    const path = join(folder, 'rpms.lock.yaml');
    await writeFile(path, bytes);
    await expect(readLock(path)).rejects.toThrow(expected);
  });

  it('names a file that is not there', async () => {
    await expect(readLock(join(folder, 'none'))).rejects.toThrow('ENOENT');
    await expect(readLock(folder)).rejects.toThrow('EISDIR');
  });
});
