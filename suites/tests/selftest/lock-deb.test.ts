import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Answer, startServer } from '../../../harness/fetch/testing/server.ts';
import { findTool } from '../../../harness/setup/tools.mjs';
import { schemaFaults } from '../../../harness/testing/schemas.ts';
import { type DebRepository, addDeb, makeDebRepository, sumOf } from './deb-repository.ts';
import { answersOf } from './rpm-repository.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

let base: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: DebRepository;

beforeAll(async () => {
  base = await temporaryFolder();
  repository = await makeDebRepository(join(base.path, 'archive'), [
    { name: 'app', version: '3:2.0-1', lines: ['Depends: library (>= 1.5), one | other, mail'] },
    { name: 'library', version: '1.0-1' },
    { name: 'library', version: '1.10-1', lines: ['Pre-Depends: base (= 1)', 'Source: books (7)'] },
    { name: 'base', version: '1' },
    { name: 'other', version: '1' },
    { name: 'postman', version: '1', lines: ['Provides: mail', 'Recommends: library-doc'] },
    { name: 'library-doc', version: '1' },
    { name: 'broken', version: '1', lines: ['Depends: what-nobody-has'] },
  ]);
});
afterAll(() => base[Symbol.asyncDispose]());

type Refresh = (
  args: string[],
  options: { env: Record<string, string> },
) => Promise<{ exitCode?: number; stdout: string; stderr: string }>;

interface Change {
  packages?: string;
  /** Further keys of the repository. */
  repo?: string;
  /** Changes what the server sends. */
  serve?: (answers: Record<string, Answer>) => void;
  /** A lock that is there already. */
  lock?: string;
  args?: string[];
  /** Runs it; the command, unless told otherwise. */
  by?: Refresh;
}

/** A program of a user's that refreshes the locks at a path and prints what it was told. */
const byApi: Refresh = ([, path = '', ...args], { env }) => {
  const script = `import { refreshLocks } from ${JSON.stringify(join(ROOT, 'harness/api/lock.ts'))};
    const check = ${JSON.stringify(args.includes('--check'))};
    console.log(JSON.stringify(await refreshLocks(${JSON.stringify(path)}, { check })));`;
  const options = { cwd: ROOT, env, reject: false, stdin: 'ignore', maxBuffer: 50_000_000 } as const;
  return execa(process.execPath, ['--input-type=module', '--eval', script], options);
};

async function lockIt({
  packages = '[app]',
  repo = '',
  serve,
  lock,
  args = [],
  by = twinproof,
}: Change = {}) {
  const answers = await answersOf(repository.folder, '');
  serve?.(answers);
  await using server = await startServer(answers);
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'debs.in.yaml');
  const lockPath = join(folder.path, 'debs.lock.yaml');
  const { size, sha256 } = await sumOf(join(repository.folder, repository.keyring));
  const keyring = `{ url: '${server.url}${repository.keyring}', size: ${size}, checksum: 'sha256:${sha256}' }`;
  const text = `contentOrigin:
  repos:
    - { repoid: tiny, baseurl: '${server.url}', suite: tiny, keyring: ${keyring}${repo} }
arches: [amd64]
packages: ${packages}
`;
  await writeFile(path, text);
  if (lock !== undefined) await writeFile(lockPath, lock.replaceAll('http://x/', server.url));
  const env = { TWINPROOF_CACHE: join(folder.path, 'cache') };
  const { exitCode, stdout, stderr } = await by(['lock', path, ...args], { env });
  const neutral = (value: string): string => value.replaceAll(server.url, 'http://x/');
  const written = await readFile(lockPath, 'utf8').catch(() => null);
  return {
    exitCode,
    stdout: neutral(stdout),
    stderr: neutral(stderr),
    lock: written === null ? null : neutral(written),
  };
}

interface Entry {
  name: string;
  evr: string;
  url: string;
}
const entriesOf = (lock: string | null): Entry[] =>
  (parse(lock ?? '{}') as { arches: { packages: Entry[] }[] }).arches.flatMap(({ packages }) => packages);

describe('twinproof lock resolves debs.in.yaml', () => {
  test('every package of the closure has the place, size and checksum of the file in the archive', async () => {
    const { exitCode, lock } = await lockIt();
    expect(exitCode).toBe(0);
    const files = ['app_2.0-1', 'base_1', 'library_1.10-1', 'other_1', 'postman_1'];
    const expected = await Promise.all(
      files.map(async (name) => {
        const file = `pool/${name}_amd64.deb`;
        const { size, sha256 } = await sumOf(join(repository.folder, file));
        return { url: `http://x/${file}`, repoid: 'tiny', size, checksum: `sha256:${sha256}` };
      }),
    );
    expect(entriesOf(lock)).toMatchObject(expected);
    expect(entriesOf(lock)).toContainEqual(expect.objectContaining({ name: 'app', evr: '3:2.0-1' }));
    expect(entriesOf(lock)).toContainEqual(expect.objectContaining({ sourcerpm: 'books_7.dsc' }));
  });

  test('apt chooses the same packages from the same archive', async ({ skip }) => {
    if (findTool('apt-get') === null) skip('this machine has no apt');
    const { lock } = await lockIt();
    expect(entriesOf(lock).map(({ name, evr }) => `${name} ${evr}`)).toEqual(await aptChoice('app'));
  });

  test('a lock that says the same is left alone; --check tells of a newer version and writes nothing', async () => {
    const first = await lockIt();
    const again = await lockIt({ lock: `# mine\n${first.lock}` });
    expect(again.lock).toBe(`# mine\n${first.lock}`);
    const old = (first.lock ?? '').replaceAll('1.10-1', '1.9-1');
    const check = await lockIt({ lock: old, args: ['--check'] });
    expect(check.exitCode).toBe(1);
    expect(check.stdout).toMatch(/library +1\.9-1 +.* +1\.10-1/);
    expect(check.lock).toBe(old);
    const json: unknown = JSON.parse((await lockIt({ lock: old, args: ['--check', '--json'] })).stdout);
    expect(json).toMatchObject({
      locks: [
        { changed: true, changes: [{ name: 'library', change: 'upgraded', from: '1.9-1', to: '1.10-1' }] },
      ],
    });
    expect(schemaFaults(json)).toBe(null);
    const current = await lockIt({ lock: first.lock ?? '', args: ['--check'] });
    expect(current.exitCode).toBe(0);
  });

  test('--due comments on strictly newer versions, writes nothing, and asks for a lock', async () => {
    const first = await lockIt();
    const old = (first.lock ?? '').replaceAll('1.10-1', '1.9-1');
    const due = await lockIt({ lock: old, args: ['--due'] });
    expect(due.exitCode).toBe(1);
    expect(due.stdout).toContain('**A rebuild is due**: newer versions of 1 package');
    expect(due.stdout).toMatch(/\| library \| amd64 \| 1\.9-1 \| 1\.10-1 \|/);
    expect(due.lock).toBe(old);
    const newer = (first.lock ?? '').replaceAll('1.10-1', '1.11-1');
    const current = await lockIt({ lock: newer, args: ['--due'] });
    expect(current).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('No rebuild is due') as string,
    });
    expect(await lockIt({ args: ['--due'] })).toMatchObject({ exitCode: 2, lock: null });
  });

  test('so does refreshLocks of twinproof/lock, which returns what failed', async () => {
    const { lock } = await lockIt();
    const checked = await lockIt({ by: byApi, args: ['--check'] });
    expect(checked.lock).toBeNull();
    const written = await lockIt({ by: byApi });
    expect(written.lock).toBe(lock);
    for (const { stdout } of [checked, written])
      expect(JSON.parse(stdout)).toMatchObject({
        locks: [
          { created: true, changed: true, changes: [{ name: 'app', change: 'added' }, {}, {}, {}, {}] },
        ],
        failures: [],
      });
    const failed = await lockIt({ by: byApi, packages: '[nothing]' });
    expect(failed.lock).toBeNull();
    expect(JSON.parse(failed.stdout)).toMatchObject({
      locks: [],
      failures: [{ error: { code: 'lock-invalid' } }],
    });
  });

  test.each([
    ['a package that nobody has', '[nothing]', 'debs.in.yaml', 'nothing'],
    ['a dependency that nobody has', '[broken]', 'debs.in.yaml', 'what-nobody-has'],
    ['a version that is not there', '["library=1.5-1"]', 'debs.in.yaml', '1.5-1'],
  ])('%s: exit code 2, one line, no lock', async (_what, packages, where, why) => {
    const { exitCode, stderr, lock } = await lockIt({ packages });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(where);
    expect(stderr).toContain(why);
    expect(lock).toBeNull();
  });

  test('an index that was changed after signing is refused, and so is a Release file of another key', async () => {
    const index = 'dists/tiny/main/binary-amd64/Packages.gz';
    const wrong: Answer = (_request, response) => void response.end('other bytes');
    const changed = await lockIt({ serve: (answers) => (answers[index] = wrong) });
    expect(changed).toMatchObject({ exitCode: 2, lock: null });
    expect(changed.stderr).toMatch(/input-mismatch.*Packages\.gz/);
    await using folder = await temporaryFolder();
    const stranger = await makeDebRepository(folder.path, [{ name: 'app', version: '9' }]);
    const release = await readFile(join(stranger.folder, 'dists/tiny/InRelease'));
    const forged: Answer = (_request, response) => void response.end(release);
    const refused = await lockIt({ serve: (answers) => (answers['dists/tiny/InRelease'] = forged) });
    expect(refused).toMatchObject({ exitCode: 2, lock: null });
    expect(refused.stderr).toMatch(/no valid signature.*InRelease|InRelease.*no valid signature/);
  });

  test('a Release file past its Valid-Until is refused unless the repository says checkValidUntil: false, which the lock and the command tell', async () => {
    const served = await readFile(join(repository.folder, 'dists/tiny/InRelease'), 'utf8');
    const [, text = ''] = /\n\n([^]*?)\n-----BEGIN PGP SIGNATURE/.exec(served) ?? [];
    const until = text.replace('SHA256:', 'Valid-Until: Fri, 06 Nov 2020 08:08:01 UTC\nSHA256:');
    const release = await repository.sign(until);
    const expired = (signed: string) => (answers: Record<string, Answer>) =>
      (answers['dists/tiny/InRelease'] = (_request, response) => void response.end(signed));
    const checked = await lockIt({ serve: expired(release) });
    expect(checked).toMatchObject({ exitCode: 2, lock: null });
    expect(checked.stderr).toMatch(/input-unavailable: .*out of date since Fri, 06 Nov 2020/);
    const repo = ', checkValidUntil: false';
    const taken = await lockIt({ repo, serve: expired(release) });
    expect(taken.exitCode).toBe(0);
    expect(taken.stdout).toMatch(
      /! .*InRelease: out of date since 2020-11-06T08:08:01Z, taken because of `checkValidUntil: false`/,
    );
    expect(parse(taken.lock ?? '')).toMatchObject({
      expiredReleases: [
        { url: 'http://x/dists/tiny/InRelease', repoid: 'tiny', validUntil: '2020-11-06T08:08:01Z' },
      ],
    });
    // Once the archive is up to date again, the lock says of nothing that it was waived.
    const valid = await lockIt({ repo, lock: taken.lock ?? '' });
    expect(valid.stdout).toContain('written anew, same packages');
    expect(parse(valid.lock ?? '')).not.toHaveProperty('expiredReleases');
  });

  test('after an update of the archive the lock has the newer package, and the change is shown', async () => {
    const before = await lockIt();
    await addDeb(repository, { name: 'library', version: '1.11-1', lines: ['Depends: extra'] });
    await addDeb(repository, { name: 'extra', version: '1' });
    const { exitCode, stdout, lock } = await lockIt({ lock: before.lock ?? '' });
    expect(exitCode).toBe(0);
    const names = entriesOf(lock).map(({ name, evr }) => `${name} ${evr}`);
    expect(names).toEqual(['app 3:2.0-1', 'extra 1', 'library 1.11-1', 'other 1', 'postman 1']);
    for (const line of [/library +1\.10-1 +.* +1\.11-1/, /extra/, /base/]) expect(stdout).toMatch(line);
  });
});

/** `name version` of what apt would install into an empty system, sorted. */
async function aptChoice(name: string): Promise<string[]> {
  await using state = await temporaryFolder();
  const inState = (path: string): string => join(state.path, path);
  for (const path of ['lists/partial', 'cache/archives/partial', 'etc/preferences.d'])
    await mkdir(inState(path), { recursive: true });
  await writeFile(inState('status'), '');
  const keyring = join(
    repository.folder,
    '.build/tiny-keyring-1/usr/share/keyrings/debian-archive-keyring.gpg',
  );
  await writeFile(inState('list'), `deb [signed-by=${keyring}] file:${repository.folder} tiny main\n`);
  const options = {
    'APT::Architecture': 'amd64',
    'APT::Architectures': 'amd64',
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': 'root',
    'Dir::Cache': inState('cache'),
    'Dir::Etc': inState('etc'),
    'Dir::Etc::sourcelist': inState('list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State': state.path,
    'Dir::State::lists': inState('lists'),
    'Dir::State::status': inState('status'),
  };
  const args = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  await execa('apt-get', [...args, 'update']);
  const { stdout } = await execa('apt-get', [...args, '--simulate', 'install', name]);
  return [...stdout.matchAll(/^Inst (\S+) \((\S+) /gm)]
    .map(([, found, version]) => `${found} ${version}`)
    .toSorted();
}
