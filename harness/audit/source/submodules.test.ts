import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GitServer, TestRepository, serveGit } from '../../testing/audit/git-server.ts';
import { scratch } from '../../testing/oci/image.ts';
import { packCommit, unpackCommit } from '../bundle/source-pack.ts';
import { readCheckout } from './checkout.ts';
import { cloneSource } from './clone.ts';
import type { Checkout } from './types.ts';

/** A repository with submodules at addresses of all kinds, one of which has a submodule itself. */

let shared: Awaited<ReturnType<typeof scratch>>;
let server: GitServer;
let commit: string;
const at = (path: string): string => join(shared.path, path);

async function repository(name: string): Promise<TestRepository> {
  const made = await TestRepository.make(at(`work/${name}`));
  await writeFile(join(made.folder, 'name'), `${name}\n`);
  await made.commit(name);
  return made;
}

/** What `git submodule add` leaves in the commit that follows. */
async function add(to: TestRepository, from: TestRepository, path: string, url: string): Promise<void> {
  const commit = await from.git('rev-parse', 'HEAD');
  await to.git('config', '--file', '.gitmodules', `submodule.${path}.path`, path);
  await to.git('config', '--file', '.gitmodules', `submodule.${path}.url`, url);
  await to.git('add', '.gitmodules');
  await to.git('update-index', '--add', '--cacheinfo', `160000,${commit},${path}`);
}

beforeAll(async () => {
  shared = await scratch();
  server = await serveGit(at('served'));
  await mkdir(at('served'));
  const [app, inner, outer] = [await repository('app'), await repository('inner'), await repository('outer')];
  await add(outer, inner, 'deep/inner', '../inner.git');
  await outer.git('commit', '-q', '-m', 'inner');
  await add(app, outer, 'lib/outer', '../outer.git');
  await add(app, inner, 'own', `${server.url}/inner.git`);
  await app.git('commit', '-q', '-m', 'submodules');
  commit = await app.git('rev-parse', 'HEAD');
  for (const one of [app, inner, outer])
    await one.publish(at(`served/${one.folder.split('/').at(-1) ?? ''}.git`));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await shared[Symbol.asyncDispose]();
});

const clone = async (folder: string, wanted = commit, name = 'app'): Promise<Checkout> => {
  const repository = `${server.url}/${name}.git`;
  const got = await cloneSource({ repository, commit: wanted }, { folder: at(folder), privateAllowed: true });
  if ('kind' in got) throw new Error(got.message);
  return got;
};

/** Names of files, and what is in those called `name`. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const pairs = paths.map(
    async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const,
  );
  return Object.fromEntries((await Promise.all(pairs)).filter(([path]) => !path.endsWith('.gitmodules')));
}

const FILES = {
  name: 'app\n',
  'own/name': 'inner\n',
  'lib/outer/name': 'outer\n',
  'lib/outer/deep/inner/name': 'inner\n',
};

test('submodules and theirs are fetched at their commits, and come through a replay bundle', async () => {
  const got = await clone('clone');
  expect(await filesOf(got.folder)).toEqual(FILES);
  expect(got.submodules.missing).toEqual([]);
  await mkdir(at('pack'));
  await mkdir(at('unpacked'));
  const back = await unpackCommit(await packCommit(got, at('pack')), commit, at('unpacked'));
  expect(await filesOf(back.folder)).toEqual(FILES);
  expect(back.submodules.missing).toEqual([]);
});

test('a checkout that is given has those that it has', async () => {
  const options = [
    '-c',
    'protocol.file.allow=always',
    '-c',
    `url.file://${at('served')}/.insteadOf=${server.url}/`,
  ];
  const given = await TestRepository.make(at('given'));
  await given.git(...options, 'pull', '--quiet', `file://${at('served/app.git')}`, 'main');
  await mkdir(at('one'));
  const [bare, whole] = [
    await readCheckout(given.folder, at('one')),
    ['submodule', 'update', '--init', '--recursive'],
  ];
  expect(bare.submodules.missing.map((one) => one.split(':')[0])).toEqual(['lib/outer', 'own']);
  await given.git('remote', 'add', 'origin', `file://${at('served/app.git')}`);
  await given.git(...options, ...whole, '--quiet');
  await mkdir(at('two'));
  const got = await readCheckout(given.folder, at('two'));
  expect(got.submodules.missing).toEqual([]);
  expect(await filesOf(got.folder)).toEqual(FILES);
});

test('what cannot be had is named with its reason', async () => {
  const app = new TestRepository(at('work/app'));
  await app.git('config', '--file', '.gitmodules', 'submodule.own.url', 'git@git.example:inner.git');
  await app.git('config', '--file', '.gitmodules', 'submodule.lib/outer.url', '../gone.git');
  await app.git('commit', '-q', '-m', 'others', '.gitmodules');
  const wanted = await app.git('rev-parse', 'HEAD');
  await app.publish(at('served/other.git'));
  const { submodules } = await clone('clone-2', wanted, 'other');
  expect(submodules.missing).toEqual([
    expect.stringMatching(/^lib\/outer: .*gone\.git/) as string,
    'own: git@git.example:inner.git is no https address',
  ]);
});
