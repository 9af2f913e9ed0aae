import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { makeCertificates } from './certificates.ts';
import { REGISTRY, startDockerRegistry } from './docker-registry.ts';
import { temporaryFolder, twinproof } from './support.ts';
import { startTokenServer } from './token-server.ts';

/** A folder as a job leaves it; what the record says is for the next job to judge. */
async function jobFolder(path: string): Promise<string> {
  await mkdir(join(path, 'image/blobs/sha256'), { recursive: true });
  await mkdir(join(path, 'empty'));
  await writeFile(join(path, 'image/blobs/sha256/big'), Buffer.alloc(9_000_000, String(Date.now())));
  await writeFile(join(path, 'image/same'), 'same');
  await writeFile(join(path, 'image/also the same'), 'same');
  await writeFile(join(path, 'build.log'), '');
  await writeFile(join(path, 'twin.json'), '{}');
  return path;
}

/** Path to content. */
async function contentOf(folder: string): Promise<Map<string, string>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files
    .sort()
    .map(async (file) => [file.slice(folder.length), await readFile(file, 'latin1')] as const);
  return new Map(await Promise.all(read));
}

test.skipIf(REGISTRY === null)(
  'what a job left goes through a registry and is the same, by tag and by digest (skipped without docker-registry)',
  async () => {
    await using folder = await temporaryFolder();
    await using registry = await startDockerRegistry(join(folder.path, 'registry'));
    const name = `${registry.host}/team/jobs`;
    const left = await jobFolder(join(folder.path, 'A'));
    const pushed = await twinproof(['job', 'push', left, `${name}:run-A`]);
    expect(pushed, pushed.stderr).toMatchObject({ exitCode: 0 });
    const byDigest = pushed.stdout.trim();
    expect(byDigest).toMatch(new RegExp(`^${name}@sha256:[0-9a-f]{64}$`));
    // The same files are the same artifact, and nothing of it is sent again.
    expect((await twinproof(['job', 'push', left, `${name}:again`])).stdout.trim()).toBe(byDigest);
    for (const [index, from] of [`${name}:run-A`, byDigest].entries()) {
      const target = join(folder.path, `got-${index}`);
      expect((await twinproof(['job', 'pull', from, target])).stdout.trim()).toBe(byDigest);
      expect(await contentOf(target)).toEqual(await contentOf(left));
    }
    const absent = join(folder.path, 'absent');
    const gone = await twinproof(['job', 'pull', `${name}:other`, absent]);
    expect(gone).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('input-unavailable') as string,
    });
    expect(existsSync(absent)).toBe(false);
    // An image is none of ours.
    await execa('skopeo', ['inspect', '--tls-verify=false', '--raw', `docker://${byDigest}`]);
  },
);

test.skipIf(REGISTRY === null)(
  'nothing is stored of a folder without a record, or through a link',
  async () => {
    await using folder = await temporaryFolder();
    await using registry = await startDockerRegistry(join(folder.path, 'registry'));
    const cut = join(folder.path, 'cut');
    await mkdir(cut);
    await writeFile(join(cut, 'build.log'), 'so far');
    const name = `${registry.host}/jobs:1`;
    const unfinished = await twinproof(['job', 'push', cut, name]);
    expect(unfinished).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('twin.json') as string });
    const left = await jobFolder(join(folder.path, 'A'));
    await symlink('/etc/passwd', join(left, 'image/passwd'));
    const linked = await twinproof(['job', 'push', left, name]);
    expect(linked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('image/passwd') as string });
    expect((await twinproof(['job', 'pull', name, join(folder.path, 'got')])).exitCode).toBe(2);
  },
);

const PASSWORD = 'me:pass:word';

test.skipIf(REGISTRY === null)(
  'a registry that wants a password, or a token, gets it for storing',
  async () => {
    await using folder = await temporaryFolder();
    const certificates = await makeCertificates(folder.path);
    await using tokens = await startTokenServer(PASSWORD, certificates);
    const path = join(folder.path, 'htpasswd');
    await writeFile(path, (await execa('htpasswd', ['-Bbn', 'me', 'pass:word'])).stdout);
    const { realm } = tokens;
    const token = { realm, service: 's', issuer: 'selftest', rootcertbundle: certificates.ca };
    const left = await jobFolder(join(folder.path, 'A'));
    for (const [kind, auth] of Object.entries({
      basic: { htpasswd: { realm: 's', path } },
      token: { token },
    })) {
      await using registry = await startDockerRegistry(join(folder.path, kind), { auth });
      const push = ['job', 'push', left, `${registry.host}/team/jobs:1`];
      const authfile = async (password: string): Promise<string[]> => {
        const file = join(folder.path, 'auth.json');
        const login = { auth: Buffer.from(password).toString('base64') };
        await writeFile(file, JSON.stringify({ auths: { [registry.host]: login } }));
        return ['--authfile', file];
      };
      const refused = await twinproof([...push, ...(await authfile('me:wrong'))]);
      expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('login') as string });
      const right = await authfile(PASSWORD);
      const pushed = await twinproof([...push, ...right]);
      expect(pushed, pushed.stderr).toMatchObject({ exitCode: 0 });
      const got = join(folder.path, `got-${kind}`);
      expect((await twinproof(['job', 'pull', `${registry.host}/team/jobs:1`, got, ...right])).exitCode).toBe(
        0,
      );
      expect(await contentOf(got)).toEqual(await contentOf(left));
    }
    expect(new Set(tokens.asked)).toEqual(
      new Set(['me repository:team/jobs:pull,push', 'me repository:team/jobs:pull']),
    );
  },
);
