import { mkdtemp, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, lastCommitTime } from './git.ts';

let folder: string;

async function commit(time: number): Promise<void> {
  const env = { GIT_COMMITTER_DATE: `@${time} +0000`, GIT_AUTHOR_DATE: '@1 +0000' };
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  await execa('git', ['add', '.'], { cwd: folder });
  await execa('git', [...who, 'commit', '-qm', 'x'], { cwd: folder, env });
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'catalog-git-')));
  await execa('git', ['init', '-q'], { cwd: folder });
  await mkdir(join(folder, 'a'));
  await mkdir(join(folder, '*'));
  await writeFile(join(folder, '*', 'file'), '1');
  await commit(1000);
  await writeFile(join(folder, 'a', 'file'), '1');
  await commit(2000);
});
afterAll(() => rm(folder, { recursive: true }));

describe('lastCommitTime', () => {
  it('takes the last commit that touched the folder, names taken literally', async () => {
    expect(await lastCommitTime(join(folder, 'a'))).toEqual({ seconds: 2000 });
    expect(await lastCommitTime(join(folder, '*'))).toEqual({ seconds: 1000 });
  });

  it('does not follow GIT_DIR', async () => {
    process.env.GIT_DIR = '/nowhere';
    try {
      expect(await lastCommitTime(join(folder, 'a'))).toEqual({ seconds: 2000 });
    } finally {
      delete process.env.GIT_DIR;
    }
  });

  it('says so where nothing is committed, and outside of git', async () => {
    await mkdir(join(folder, 'new'));
    expect(await lastCommitTime(join(folder, 'new'))).toEqual({ fault: 'no commit has touched it yet' });
    const outside = await mkdtemp(join(tmpdir(), 'no-git-'));
    expect(await lastCommitTime(outside)).toMatchObject({
      fault: expect.stringContaining('not a git repository') as string,
    });
    await rm(outside, { recursive: true });
  });
});

describe('git', () => {
  it('does not run what the repository configures', async () => {
    await execa('git', ['config', 'core.fsmonitor', `touch ${folder}/ran; true`], { cwd: folder });
    expect(await git(folder, ['status', '--porcelain'])).not.toHaveProperty('fault');
    expect(await git(folder, ['ls-files', '--others'])).toEqual({ output: '' });
  });
});
