import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../catalog/open.ts';
import { subjectsChangedSince } from './changed-since.ts';
import { TEST_CLAIMS } from '../testing/catalog/claims.ts';

let top: string;
let root: string;

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

async function commit(): Promise<void> {
  await execa('git', ['add', '-A'], { cwd: top });
  await execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'x'], {
    cwd: top,
  });
}

async function changed(revision = 'HEAD'): Promise<string[]> {
  const catalog = await openCatalog(root, {
    claims: TEST_CLAIMS,
    sourceDateEpoch: 1,
    platforms: [{ os: 'linux', architecture: 'amd64' }],
  });
  return [...(await subjectsChangedSince(catalog, revision)).subjects].map((id) =>
    id.replace('@linux/amd64', ''),
  );
}

const CATALOG = `version: 1
name: t
builder: { definition: builder }
defaults: { sourceDateEpoch: 1 }
builtPackages: [{ url: "https://built.invalid/", source: sources, command: [x] }]
subjects:
  - { image: a, recipe: { containerfile: a/Containerfile } }
  - { image: b, recipe: { command: [x], context: "b b" }, lock: locks/debs.lock.yaml }
`;

beforeEach(async () => {
  // The catalog is not at the top of the repository, as in a monorepo.
  top = await realpath(await mkdtemp(join(tmpdir(), 'changed-')));
  root = join(top, 'sub', 'catalog');
  await execa('git', ['init', '-q'], { cwd: top });
});
afterEach(() => rm(top, { recursive: true }));

describe('subjectsChangedSince, with a catalog file', () => {
  beforeEach(async () => {
    await write({
      'catalog.yaml': CATALOG,
      'a/Containerfile': 'FROM scratch\n',
      'b b/file': '1',
      'locks/debs.lock.yaml': 'url: https://built.invalid/x.deb\n',
      'builder/x': '1',
      'sources/x': '1',
      '../README': '1',
    });
    await commit();
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['nothing', {}, []],
    ['a Containerfile', { 'a/Containerfile': 'FROM x\n' }, ['a/default']],
    ['a file of the context', { 'b b/file': '2' }, ['b/default']],
    ['a new file in the context', { 'b b/ünew\n': '2' }, ['b/default']],
    ['a lock', { 'locks/debs.lock.yaml': '2' }, ['b/default']],
    ['the builder', { 'builder/y': '1' }, ['a/default', 'b/default']],
    ['a source of built packages', { 'sources/x': '2' }, ['b/default']],
    ['something else', { '../README': '2', 'a-b/x': '1' }, []],
    [
      'an entry of the catalog',
      { 'catalog.yaml': CATALOG.replace('[x], context', '[y], context') },
      ['b/default'],
    ],
    ['a comment and the name', { 'catalog.yaml': CATALOG.replace('name: t', 'name: u # c') }, []],
    ['a default', { 'catalog.yaml': CATALOG.replace('Epoch: 1', 'Epoch: 2') }, ['a/default', 'b/default']],
  ])('%s', async (_, files, ids) => {
    await write(files);
    expect(await changed()).toEqual(ids);
    if (Object.keys(files).length > 0) await commit();
    expect(await changed('HEAD')).toEqual([]);
    if (Object.keys(files).length > 0) expect(await changed('HEAD~1')).toEqual(ids);
  });

  it('sees what was deleted or moved away', async () => {
    await rename(join(root, 'b b/file'), join(root, 'locks/file'));
    await write({ 'b b/other': '' });
    await commit();
    await rm(join(root, 'b b/other'));
    await mkdir(join(root, 'b b'), { recursive: true });
    expect(await changed('HEAD~1')).toEqual(['b/default']);
    expect(await changed('HEAD')).toEqual(['b/default']);
  });

  it('does not take a revision for an option, and says what git does not know', async () => {
    await expect(changed('--output=x')).rejects.toThrow('git knows no such revision');
    await expect(changed('nope')).rejects.toThrow('--changed-since "nope": git knows no such revision');
  });

  it('says so outside of git', async () => {
    await rm(join(top, '.git'), { recursive: true });
    await expect(changed()).rejects.toThrow('needs the catalog to be in git');
  });
});

describe('subjectsChangedSince, with a discovered catalog', () => {
  it('leaves out the folders of other images and variants', async () => {
    const from = 'FROM x:1\n';
    await write({
      'images/a/default/Containerfile': from,
      'images/a/builder/Containerfile': from,
      'images/b/default/Containerfile': from,
    });
    await write({ 'images/a/rootfs/x': '1', 'macros/x': '1' });
    await commit();
    await write({ 'images/a/builder/rpms/rpms.lock.yaml': '1' });
    expect(await changed()).toEqual(['a/builder']);
    await write({ 'images/a/rootfs/x': '2' });
    expect(await changed()).toEqual(['a/builder', 'a/default']);
    await write({ 'macros/x': '2' });
    expect(await changed()).toEqual(['a/builder', 'a/default']);
    await write({ 'images/b/properties.yml': 'hermetic: false\n' });
    expect(await changed()).toEqual(['a/builder', 'a/default', 'b/default']);
  });
});
