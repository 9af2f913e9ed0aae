import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GitServer, TestRepository, serveGit } from '../../testing/audit/git-server.ts';
import { scratch } from '../../testing/oci/image.ts';
import { askable } from './address.ts';
import { cloneSource } from './clone.ts';
import { refNames } from './types.ts';

/** Git itself on both sides, over HTTP on this machine. */

let shared: Awaited<ReturnType<typeof scratch>>;
let server: GitServer;
const commits: Record<string, string> = {};

beforeAll(async () => {
  shared = await scratch();
  const made = await TestRepository.make(join(shared.path, 'work'));
  await writeFile(join(made.folder, 'Containerfile'), 'FROM scratch\n');
  await writeFile(join(made.folder, '.gitattributes'), '*.bad filter=run\nhidden export-ignore\n');
  await writeFile(join(made.folder, 'hidden'), 'x');
  await writeFile(join(made.folder, 'run.sh'), 'x', { mode: 0o775 });
  commits.first = await made.commit('one');
  await made.git('tag', '-a', 'v1', '-m', 'one');
  commits.second = await made.commit('two');
  await made.git('checkout', '-q', '-b', 'release');
  commits.release = await made.commit('three');
  await made.git('checkout', '-q', '--detach');
  commits.request = await made.commit('of a merge request');
  await made.git('update-ref', 'refs/pull/1/head', 'HEAD');
  await made.git('checkout', '-q', 'main');
  await mkdir(join(shared.path, 'served'));
  await made.publish(join(shared.path, 'served/app.git'));
  server = await serveGit(join(shared.path, 'served'), (path) => {
    if (path.startsWith('/moved/')) return path.replace('/moved/', '/app.git/');
    if (path.startsWith('/inside/')) return path.replace('/inside/', 'http://10.0.0.1/app.git/');
    if (path.startsWith('/file/')) return 'file:///etc/passwd';
    return path.startsWith('/round/') ? path : null;
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await shared[Symbol.asyncDispose]();
});

let count = 0;
const clone = (path: string, commit: string, privateAllowed = true): ReturnType<typeof cloneSource> =>
  cloneSource(
    { repository: `${server.url}/${path}`, commit },
    { folder: join(shared.path, `clone-${++count}`), privateAllowed },
  );

describe('a clone', () => {
  test('has the files of the commit and nothing else, with modes that do not depend on the machine', async () => {
    const got = await clone('app.git', commits.first ?? '');
    if ('kind' in got) throw new Error(got.message);
    expect(await readdir(got.folder)).toEqual(['.gitattributes', 'Containerfile', 'hidden', 'run.sh']);
    expect(((await stat(join(got.folder, 'run.sh'))).mode & 0o777).toString(8)).toBe('755');
    expect(((await stat(join(got.folder, 'hidden'))).mode & 0o777).toString(8)).toBe('644');
    expect(await readFile(join(got.folder, 'Containerfile'), 'utf8')).toBe('FROM scratch\n');
    expect(await got.file('./Containerfile')).toBe('FROM scratch\n');
    expect(await got.file('../Containerfile')).toBeNull();
    expect(got.time).toBeGreaterThan(1_700_000_000);
    expect(server.credentials).toEqual([]);
  });

  test.each([
    ['first', 'refs/heads/main', true],
    ['first', 'v1', true],
    ['first', 'refs/heads/release', true],
    ['release', 'main', false],
    ['release', 'release', true],
    ['second', 'refs/tags/v1', false],
    ['second', 'refs/heads/gone', false],
    ['second', 'refs/pull/1/head', false],
    ['second', '--all', false],
  ])('knows whether %s is on %s', async (name, ref, expected) => {
    const got = await clone('app.git', commits[name] ?? '');
    if ('kind' in got) throw new Error(got.message);
    expect(await got.isOn(ref)).toBe(expected);
  });

  test('is refused of a commit that only a merge request has, or nobody', async () => {
    for (const commit of [commits.request ?? '', 'a'.repeat(40)])
      expect(await clone('app.git', commit)).toMatchObject({ kind: 'absent' });
  });

  test('follows a repository that moved, and only to places that may be asked', async () => {
    expect(await clone('moved', commits.first ?? '')).toMatchObject({ commit: commits.first });
    expect(await clone('nowhere.git', commits.first ?? '')).toMatchObject({ kind: 'unavailable' });
    expect(await clone('round', commits.first ?? '')).toMatchObject({
      message: expect.stringContaining('redirects more than 10 times') as string,
    });
    expect(await clone('file', commits.first ?? '')).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('a redirect to "file:"') as string,
    });
    expect(await clone('app.git', commits.first ?? '', false)).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('is in a private network') as string,
    });
  });
});

describe('an address', () => {
  test.each([
    ['https://user:secret@93.184.216.34/x', 'holds a user name'],
    ['ssh://git@93.184.216.34/x', 'no https address'],
    ['http://93.184.216.34/x', 'no https address'],
    ['file:///etc', 'no https address'],
    ['ext::sh -c x', 'no https address'],
    ['--upload-pack=x', 'no https address'],
    ['https://169.254.169.254/x', 'private network'],
    ['https://[::1]/x', 'private network'],
    ['https://[::ffff:10.0.0.1]/x', 'private network'],
    ['https://0x7f000001/x', 'private network'],
    ['https://localhost/x', 'private network'],
  ])('%s is refused', async (text, why) => {
    expect(await askable(text, { privateAllowed: false })).toMatchObject({
      refused: expect.stringContaining(why) as string,
    });
  });

  test('keeps what is asked, without query and fragment', async () => {
    const got = await askable('git+https://93.184.216.34/x.git?a=b#c', { privateAllowed: false });
    expect('url' in got && got.url.href).toBe('https://93.184.216.34/x.git');
  });
});

test('a short name is a branch or a tag', () => {
  expect(refNames('main')).toEqual(['refs/heads/main', 'refs/tags/main']);
  expect(refNames('refs/tags/v1')).toEqual(['refs/tags/v1']);
  expect(refNames('refs/pull/1/merge')).toEqual([]);
  expect(refNames('../x')).toEqual([]);
});
