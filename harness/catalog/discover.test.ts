import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorLine } from '../errors.ts';
import { discoverCatalog } from './discover.ts';
import { openCatalog } from './open.ts';
import { TEST_CLAIMS } from '../testing/catalog/claims.ts';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const OPTIONS = { platforms: [AMD64], sourceDateEpoch: 5, claims: TEST_CLAIMS };

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'checkout-')));
});
afterEach(() => rm(root, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const FROM = 'FROM quay.example/builder:latest AS builder\nFROM scratch\n';

async function ids(): Promise<string[]> {
  return (await discoverCatalog(root, OPTIONS)).subjects.map(({ id }) => id);
}

async function failure(): Promise<string> {
  return errorLine(await discoverCatalog(root, OPTIONS).catch((error: unknown) => error)).replaceAll(
    `${root}/`,
    '',
  );
}

describe('discoverCatalog', () => {
  it('finds images without a distro level', async () => {
    await write({
      'images/nginx/Containerfile.j2': 'template',
      'images/nginx/default/Containerfile': FROM,
      'images/nginx/default/rpms/rpms.lock.yaml': 'lockfileVersion: 1\n',
      'images/nginx/builder/Containerfile': FROM,
      'images/variables.yml': 'a: 1\n',
      'macros/x/y/Containerfile': FROM,
    });
    const catalog = await discoverCatalog(root, OPTIONS);
    expect(catalog).toMatchObject({ file: null, root, origins: [], builtPackages: [], whenGone: 'error' });
    expect(catalog.subjects.map(({ id }) => id)).toEqual([
      'nginx/builder@linux/amd64',
      'nginx/default@linux/amd64',
    ]);
    expect(catalog.subjects[1]).toMatchObject({
      image: 'nginx',
      variant: 'default',
      recipe: {
        kind: 'containerfile',
        containerfile: join(root, 'images/nginx/default/Containerfile'),
        context: join(root, 'images/nginx'),
      },
      lock: { path: join(root, 'images/nginx/default/rpms/rpms.lock.yaml'), kind: 'rpm' },
      builder: { kind: 'image', reference: 'quay.example/builder:latest', resolve: false },
      claims: { reproducible: { made: true }, hermetic: { made: true }, locked: { made: true } },
      sourceDateEpoch: 5,
      place: { file: join(root, 'images/nginx/default/Containerfile'), line: 1, column: 1 },
    });
    expect(catalog.subjects[0]).toMatchObject({ lock: null });
    expect(catalog.subjects[0]?.claims).not.toHaveProperty('locked');
  });

  it('finds images with a distro level, which is named only where there are several', async () => {
    await write({
      'images/caddy/rawhide/default/Containerfile': FROM,
      'images/caddy/hummingbird/default/Containerfile': FROM,
      'images/caddy/hummingbird/builder/Containerfile': FROM,
      'images/jq/hummingbird/default/Containerfile': FROM,
      'images/jq/hummingbird/default/rootfs/x/Containerfile': FROM,
    });
    expect(await ids()).toEqual([
      'caddy/hummingbird.builder@linux/amd64',
      'caddy/hummingbird.default@linux/amd64',
      'caddy/rawhide.default@linux/amd64',
      'jq/default@linux/amd64',
    ]);
  });

  it('takes `hermetic: false` for a claim that is not made', async () => {
    await write({
      'images/a/default/Containerfile': FROM,
      'images/a/properties.yml':
        'hermetic: false\ntags:\n  - { value: "{{ package_version() }}", label: x }\n',
      'images/b/default/Containerfile': FROM,
      'images/b/properties.yml': 'user: 0\n',
    });
    const { subjects } = await discoverCatalog(root, OPTIONS);
    expect(subjects.map(({ claims }) => claims.hermetic)).toEqual([
      { made: false, reason: 'images/a/properties.yml says hermetic: false' },
      { made: true },
    ]);
  });

  it('resolves floating builders only when asked to, and leaves an image without one to the run', async () => {
    await write({
      'images/a/default/Containerfile': FROM,
      'images/b/default/Containerfile': 'FROM scratch\n',
    });
    const { subjects } = await openCatalog(root, { ...OPTIONS, resolveBuilder: true });
    expect(subjects.map(({ builder }) => builder)).toMatchObject([
      { reference: 'quay.example/builder:latest', resolve: true },
      { reference: 'scratch' },
    ]);
  });

  it('takes the time of the last commit, and the platform of this machine', async () => {
    await write({ 'images/a/default/Containerfile': FROM });
    await expect(discoverCatalog(root, { claims: TEST_CLAIMS })).rejects.toThrow(
      'the time of its last commit is not known',
    );
    const env = { GIT_COMMITTER_DATE: '@1700000000 +0000' };
    await execa('git', ['init', '-q'], { cwd: root });
    await execa('git', ['add', '.'], { cwd: root });
    await execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'x'], {
      cwd: root,
      env,
    });
    const [subject] = (await discoverCatalog(root, { claims: TEST_CLAIMS })).subjects;
    expect(subject).toMatchObject({ sourceDateEpoch: 1_700_000_000, platform: { os: 'linux' } });
    expect(subject?.platform.architecture).toMatch(/^(amd64|arm64)$/);
  });

  it('tells all that is wrong', async () => {
    await write({
      'images/a/default/Containerfile': FROM,
      'images/a/properties.yml': 'x: 1\nhermetic: perhaps\n',
      'images/B b/default/Containerfile': FROM,
      'images/c/default/Containerfile': FROM,
      'images/c/properties.yml': 'x: [\n',
      'images/d/default/Containerfile': FROM,
    });
    await symlink('/etc', join(root, 'images/d/default/rpms'));
    await symlink('/etc/passwd', join(root, 'images/d/rpms.lock.yaml'));
    const text = await failure();
    expect(text).toContain('images/a/properties.yml:2:11: `hermetic` needs true or false');
    expect(text).toContain('images/c/properties.yml:');
    expect(text).toContain(
      `images/B b/default/Containerfile:1:1: catalog-invalid: the folder name "B b" cannot be part`,
    );
    expect(text.split('\n')).toHaveLength(3);
  });

  it('does not follow links out of the checkout', async () => {
    await write({ 'images/a/default/Containerfile': FROM });
    await mkdir(join(root, 'images/a/default/rpms'));
    await symlink('/etc/passwd', join(root, 'images/a/default/rpms/rpms.lock.yaml'));
    await symlink('/etc', join(root, 'images/linked'));
    expect(await failure()).toBe(
      "images/a/default/rpms/rpms.lock.yaml:1:1: catalog-invalid: the lock leads out of the catalog's folder; move what it names into it",
    );
  });

  it('says so where there are no images', async () => {
    await mkdir(join(root, 'images/x'), { recursive: true });
    expect(await failure()).toContain('no images found (write a catalog.yaml');
  });
});

describe('openCatalog', () => {
  it('takes a file, a folder with a catalog.yaml, or a layout', async () => {
    const text =
      'version: 1\nname: n\nbuilder: { image: "x:1" }\nsubjects: [{ image: a, recipe: { command: [x], context: images }, sourceDateEpoch: 1 }]\n';
    await write({ 'images/a/default/Containerfile': FROM });
    expect((await openCatalog(root, OPTIONS)).file).toBeNull();
    await write({ 'catalog.yaml': text, 'other.yaml': text });
    expect((await openCatalog(root, OPTIONS)).file).toBe(join(root, 'catalog.yaml'));
    expect((await openCatalog(join(root, 'other.yaml'), OPTIONS)).file).toBe(join(root, 'other.yaml'));
  });

  it('says what is missing', async () => {
    await expect(openCatalog(join(root, 'none'), OPTIONS)).rejects.toThrow('there is no such file or folder');
    await expect(openCatalog(root, OPTIONS)).rejects.toThrow('neither a catalog.yaml nor a folder images/');
  });
});
