import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, temporaryFolder, twinproof, writeCatalog } from './support.ts';

const SUBJECT = `  - { image: x, recipe: { containerfile: Containerfile } }\n`;
const FILES = { Containerfile: 'FROM scratch\n' };

const LOCK_HEAD = 'lockfileVersion: 1\nlockfileVendor: redhat\narches:\n- arch: x86_64\n  packages:\n';
const lock = (url: string, checksum = `sha256:${'a'.repeat(64)}`): string =>
  `${LOCK_HEAD}  - url: ${url}\n    repoid: r\n    size: 10\n    checksum: ${checksum}\n    name: n\n    evr: 1-1\n  source: []\n  module_metadata: []\n`;

const GOOD_URL = 'https://deb.debian.org/x.rpm';

interface Case {
  subjects?: string;
  files?: Record<string, string>;
  /** Where the complaint must point, and what it must say. */
  where: RegExp;
  says: RegExp;
}

const LOCKED = `  - { image: x, recipe: { containerfile: Containerfile }, lock: rpms.lock.yaml }\n`;

const CASES: Record<string, Case> = {
  'a wrong type': {
    subjects: `  - { image: 5, recipe: { containerfile: Containerfile } }\n`,
    where: /catalog\.yaml:6:\d+: /,
    says: /string/,
  },
  'an unknown key': {
    subjects: `  - { image: x, recipe: { containerfile: Containerfile }, varaint: y }\n`,
    where: /catalog\.yaml:6:\d+: /,
    says: /varaint.*variant/s,
  },
  'a duplicate subject': {
    subjects: SUBJECT + SUBJECT,
    where: /catalog\.yaml:7:\d+: /,
    says: /x\/default@linux\/amd64/,
  },
  'a missing Containerfile': { files: {}, where: /catalog\.yaml:6:\d+: /, says: /Containerfile/ },
  'a lock cut in half': {
    subjects: LOCKED,
    files: { ...FILES, 'rpms.lock.yaml': lock(GOOD_URL).slice(0, 140) },
    where: /rpms\.lock\.yaml:\d+:\d+: /,
    says: /lock-invalid/,
  },
  'a bad checksum': {
    subjects: LOCKED,
    files: { ...FILES, 'rpms.lock.yaml': lock(GOOD_URL, 'sha256:xyz') },
    where: /rpms\.lock\.yaml:9:\d+: /,
    says: /lock-invalid/,
  },
  'a lock that reads local files': {
    subjects: LOCKED,
    files: { ...FILES, 'rpms.lock.yaml': lock('file:///etc/passwd') },
    where: /rpms\.lock\.yaml:6:\d+: /,
    says: /lock-invalid/,
  },
  'a lock that climbs out': {
    subjects: LOCKED,
    files: { ...FILES, 'rpms.lock.yaml': lock('https://deb.debian.org/a/../../../etc/passwd') },
    where: /rpms\.lock\.yaml:6:\d+: /,
    says: /lock-invalid/,
  },
};

describe('bad input ends with 2 and says where', () => {
  test.each(Object.entries(CASES))(
    '%s',
    async (_name, { subjects = SUBJECT, files = FILES, where, says }) => {
      await using folder = await temporaryFolder();
      const catalog = await writeCatalog(folder.path, subjects, files);
      const { exitCode, stdout, stderr } = await twinproof([
        'verify',
        catalog,
        '--results',
        join(folder.path, 'results'),
      ]);
      expect(exitCode).toBe(2);
      expect(`${stdout}${stderr}`).toMatch(where);
      expect(`${stdout}${stderr}`).toMatch(says);
      expect(stderr).not.toMatch(/\n\s+at /);
    },
  );

  test('several bad locks: each is named', async () => {
    await using folder = await temporaryFolder();
    const subjects = ['x', 'y', 'z'].map(
      (name) =>
        `  - { image: ${name}, recipe: { containerfile: Containerfile }, lock: ${name}/rpms.lock.yaml }\n`,
    );
    const catalog = await writeCatalog(folder.path, subjects.join(''), {
      ...FILES,
      'x/rpms.lock.yaml': lock(GOOD_URL, 'sha256:xyz'),
      'y/rpms.lock.yaml': lock(GOOD_URL),
      'z/rpms.lock.yaml': 'lockfileVersion: 2\narches: []\n',
      'builder/debs.lock.yaml': 'lockfileVersion: 1\n',
    });
    const { exitCode, stdout, stderr } = await twinproof(['verify', catalog]);
    expect(exitCode).toBe(2);
    const said = `${stdout}${stderr}`;
    expect(said).toMatch(/x\/rpms\.lock\.yaml:9:\d+: lock-invalid: this is no checksum/);
    expect(said).toMatch(/z\/rpms\.lock\.yaml:1:18: lock-invalid: only lockfileVersion 1/);
    expect(said).toMatch(/builder\/debs\.lock\.yaml:1:1: lock-invalid: the key arches is missing/);
    expect(said).not.toContain('y/rpms.lock.yaml');
  });

  test('a floating builder tag', async () => {
    await using folder = await temporaryFolder();
    const catalog = await writeCatalog(folder.path, SUBJECT, FILES);
    await writeFile(
      catalog,
      (await readFile(catalog, 'utf8')).replace(
        '{ definition: builder }',
        '{ image: "example.org/builder:latest" }',
      ),
    );
    const { exitCode, stdout } = await twinproof([
      'verify',
      catalog,
      '--results',
      join(folder.path, 'results'),
    ]);
    expect(exitCode).toBe(2);
    expect(stdout).toContain('example.org/builder:latest is a floating tag');
  });

  test.each([
    [['verify', 'no-such-folder']],
    [['verify', '--claim', 'beautiful']],
    [['verify', '--builds', '1', 'fixtures/bundled.catalog.yaml']],
    [['verify', '--jobs', '0', 'fixtures/bundled.catalog.yaml']],
    [['verify', '--image', 'no-such-image/*', 'fixtures/bundled.catalog.yaml']],
    [['verify', '--shard', '3/2', 'fixtures/bundled.catalog.yaml']],
    [['bisect', '--builds', '1', 'calculator', '--catalog', 'fixtures/bundled.catalog.yaml']],
    [['verify', '--image', 'nginx', '--claim', 'boots', 'fixtures/bundled.catalog.yaml']],
    [['gate', 'no-such-run']],
    [['gate', 'no-such-run', '--baseline', 'no-such-run', '--claim', 'reproducible']],
    [['lock', 'fixtures/images', '--image', 'no-such-image', '--check']],
    [['no-such-command']],
    [['report', 'no-such-run']],
    [['diff', 'no-such-image', 'no-such-image']],
  ])('usage: %j', async (args) => {
    const { exitCode, stderr, stdout } = await twinproof(args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('no engine', async () => {
    const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
    const { exitCode, stderr } = await twinproof(['verify', 'fixtures/bundled.catalog.yaml'], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^engine-unavailable: no container engine answers at unix:\/\/\/nonexistent\/docker\.sock \(.*\)\n?$/,
    );
    expect((await twinproof(['doctor'], { env })).exitCode).toBe(2);
  });

  test('a results folder that cannot be written', async () => {
    await using folder = await temporaryFolder();
    await copyFile(join(ROOT, 'README.md'), join(folder.path, 'file'));
    const { exitCode, stderr } = await twinproof([
      'verify',
      'fixtures/bundled.catalog.yaml',
      '--results',
      join(folder.path, 'file'),
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^storage: could not make /);
  });
});
