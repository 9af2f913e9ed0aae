import { execFileSync } from 'node:child_process';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Answer, serve, startServer } from '../../../harness/fetch/testing/server.ts';
import { answersOf, expectedEntry, makeRepository } from './rpm-repository.ts';
import { temporaryFolder, twinproof } from './support.ts';

let base: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: string;
let answers: Record<string, Answer>;

beforeAll(async () => {
  base = await temporaryFolder();
  repository = join(base.path, 'x86_64');
  await makeRepository(repository, [
    { name: 'app', version: '2.0', lines: ['Epoch: 3', 'Requires: library >= 1.5', 'Recommends: extra'] },
    { name: 'library', version: '1.0' },
    { name: 'library', version: '1.6', lines: ['Requires: /opt/somewhere/data'] },
    { name: 'files', version: '1', owns: '/opt/somewhere/data' },
    { name: 'extra', version: '1' },
    { name: 'native', version: '1', arch: 'x86_64' },
    { name: 'broken', version: '1', lines: ['Requires: what-nobody-has'] },
    { name: 'streamed', version: '1' },
  ]);
  await addModule(repository);
  answers = await answersOf(repository, 'x86_64/');
});
afterAll(() => base[Symbol.asyncDispose]());

/** `streamed` becomes part of a module stream, so that it cannot be had unless the stream is enabled. */
async function addModule(folder: string): Promise<void> {
  const path = join(folder, 'modules.yaml');
  const text = `---
document: modulemd
version: 2
data:
  name: stream
  stream: one
  version: 1
  context: abcdef12
  arch: x86_64
  summary: s
  description: d
  license: { module: [MIT] }
  artifacts: { rpms: [streamed-0:1-1.noarch] }
...
`;
  await writeFile(path, text);
  execFileSync('modifyrepo_c', ['--mdtype=modules', path, join(folder, 'repodata')], { stdio: 'ignore' });
  await rm(path);
}

interface Input {
  packages?: string;
  rest?: string;
  repo?: string;
  emptyCache?: boolean;
}

async function lockIt(
  input: Input,
  change: (answers: Record<string, Answer>) => void | Promise<void> = () => undefined,
) {
  const served = { ...answers };
  await change(served);
  await using server = await startServer(served);
  await using folder = await temporaryFolder();
  const { packages = '[app]', rest = '', repo = '', emptyCache = false } = input;
  const path = join(folder.path, 'rpms.in.yaml');
  const url = `${server.url}x86_64/`;
  const text = `contentOrigin:
  repos:
  - { repoid: tiny-$basearch, baseurl: '${server.url}$basearch'${repo} }
packages: ${packages}
arches: [x86_64]
context: { bare: true }
${rest}`;
  await writeFile(path, text);
  // What was fetched once is in the cache by its checksum and is not fetched again, however broken the server is now.
  const env = { TWINPROOF_CACHE: join(folder.path, 'cache') };
  const { exitCode, stdout, stderr } = await twinproof(['lock', path], emptyCache ? { env } : {});
  const lock = await readFile(join(folder.path, 'rpms.lock.yaml'), 'utf8').catch(() => null);
  return { exitCode, stdout, stderr: stderr.replaceAll(server.url, 'http://x/'), lock, url };
}

/** Names that the lock has. */
const namesOf = (lock: string | null, key: 'packages' | 'source' = 'packages'): string[] =>
  (parse(lock ?? '{}') as { arches: Record<string, { name: string }[]>[] }).arches[0]?.[key]?.map(
    ({ name }) => name,
  ) ?? [];

describe('twinproof lock resolves rpms.in.yaml with dnf', () => {
  test('dependencies by name, version and file; source packages; as rpm-lockfile-prototype writes it', async () => {
    const { exitCode, lock, url } = await lockIt({ rest: 'installWeakDeps: false\n' });
    expect(exitCode).toBe(0);
    const place = { url, repoid: 'tiny-x86_64' };
    const entries = (files: string[]) =>
      Promise.all(files.map((file) => expectedEntry(repository, file, place)));
    expect(parse(lock ?? '')).toEqual({
      lockfileVersion: 1,
      lockfileVendor: 'redhat',
      arches: [
        {
          arch: 'x86_64',
          packages: await entries([
            'app-2.0-1.noarch.rpm',
            'files-1-1.noarch.rpm',
            'library-1.6-1.noarch.rpm',
          ]),
          source: await entries(['app-2.0-1.src.rpm', 'files-1-1.src.rpm', 'library-1.6-1.src.rpm']),
          module_metadata: [],
        },
      ],
    });
  });

  test('weak dependencies, exclusions, architectures of a package, noSources', async () => {
    expect(namesOf((await lockIt({})).lock)).toEqual(['app', 'extra', 'files', 'library']);
    const rest = 'excludePackages: [extra]\nnoSources: true\n';
    const packages =
      '[app, { name: native, arches: { only: x86_64 } }, { name: nothing, arches: { not: [x86_64] } }]';
    const { lock } = await lockIt({ packages, rest });
    expect(namesOf(lock)).toEqual(['app', 'files', 'library', 'native']);
    expect(namesOf(lock, 'source')).toEqual([]);
  });

  test('a module stream is used when it is enabled, and its metadata is locked', async () => {
    const without = await lockIt({ packages: '[streamed]' });
    expect(without.exitCode).toBe(2);
    const { exitCode, lock, url } = await lockIt({
      packages: '[streamed]',
      rest: 'moduleEnable: ["stream:one"]\n',
    });
    expect(exitCode).toBe(0);
    expect(namesOf(lock)).toEqual(['streamed']);
    const file = (await readdir(join(repository, 'repodata'))).find((name) => name.includes('modules')) ?? '';
    const { arches } = parse(lock ?? '') as { arches: { module_metadata: unknown[] }[] };
    expect(arches[0]?.module_metadata).toEqual([
      expect.objectContaining({ url: `${url}repodata/${file}`, repoid: 'tiny-x86_64' }),
    ]);
  });
});

describe('what cannot be resolved says which input and why, and writes nothing', () => {
  const cases: Record<
    string,
    { input?: Input; change?: (answers: Record<string, Answer>) => void; says: RegExp }
  > = {
    'a package that no repository has': {
      input: { packages: '[app, nowhere]' },
      says: /rpms\.in\.yaml: lock-invalid: no repository has "nowhere" \(/,
    },
    'a dependency that nothing meets': {
      input: { packages: '[broken]' },
      says: /rpms\.in\.yaml: lock-invalid: dnf cannot resolve it: .*what-nobody-has/,
    },
    'a repository that is not there': {
      change: (served) => delete served['x86_64/repodata/repomd.xml'],
      says: /rpms\.in\.yaml: input-unavailable: repomd\.xml cannot be had: .*404/,
    },
    'a repomd.xml that is cut off': {
      change: (served) => edit(served, /repomd\.xml$/, (bytes) => bytes.subarray(0, bytes.length / 2)),
      says: /rpms\.in\.yaml: input-mismatch: http:\/\/x\/x86_64\/repodata\/repomd\.xml: not a whole repomd\.xml/,
    },
    'metadata that is cut off': {
      input: { emptyCache: true },
      change: (served) => edit(served, /primary\.xml/, (bytes) => bytes.subarray(0, bytes.length / 2)),
      says: /rpms\.in\.yaml: input-mismatch: .*primary\.xml.* bytes instead of /,
    },
    'metadata with other bytes than repomd.xml says': {
      input: { emptyCache: true },
      change: (served) => edit(served, /primary\.xml/, (bytes) => Buffer.alloc(bytes.length, 'x')),
      says: /rpms\.in\.yaml: input-mismatch: .*primary\.xml.* checksum sha256:/,
    },
    'a repomd.xml with another checksum': {
      change: (served) =>
        edit(served, /repomd\.xml$/, (bytes) =>
          Buffer.from(bytes.toString().replaceAll(/(<checksum type="sha256">)[0-9a-f]{8}/g, '$100000000')),
        ),
      says: /rpms\.in\.yaml: input-mismatch: .*checksum sha256:/,
    },
    'a repomd.xml that names a file outside': {
      change: (served) =>
        edit(served, /repomd\.xml$/, (bytes) =>
          Buffer.from(bytes.toString().replaceAll('href="repodata/', 'href="../../repodata/')),
        ),
      says: /rpms\.in\.yaml: input-mismatch: .*lies at "\.\.\/\.\.\/repodata/,
    },
  };
  test.each(Object.entries(cases))('%s', async (_name, { input = {}, change = () => undefined, says }) => {
    const { exitCode, stderr, lock } = await lockIt(input, change);
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/1 of 1 locks could not be resolved; nothing was written/);
    expect(exitCode).toBe(2);
    expect(lock).toBeNull();
  });
});

/** Replaces the bytes of the files that match. */
function edit(served: Record<string, Answer>, name: RegExp, change: (bytes: Buffer) => Buffer): void {
  for (const path of Object.keys(served).filter((path) => name.test(path))) {
    const bytes = repositoryBytes.get(path);
    if (bytes === undefined) throw new Error(`${path} is not in the repository`);
    served[path] = serve(change(bytes));
  }
}
const repositoryBytes = new Map<string, Buffer>();
beforeAll(async () => {
  for (const name of await readdir(join(repository, 'repodata')))
    repositoryBytes.set(`x86_64/repodata/${name}`, await readFile(join(repository, 'repodata', name)));
});

test('several architectures, .repo files, --check, and one input of two that fails', async () => {
  await using folder = await temporaryFolder();
  const arm = join(folder.path, 'arm');
  await makeRepository(arm, [{ name: 'native', version: '1', arch: 'aarch64' }]);
  const served = { ...answers, ...(await answersOf(arm, 'aarch64/')) };
  await using server = await startServer(served);
  await writeFile(
    join(folder.path, 'tiny.repo'),
    `# two\n[off-$basearch]\nbaseurl=http://127.0.0.1:1/\nenabled=0\n[on-$basearch]\nname=x\nbaseurl=${server.url}\n  $basearch/\n`.replace(
      '\n  $',
      '$',
    ),
  );
  const good = join(folder.path, 'good/rpms.in.yaml');
  const bad = join(folder.path, 'worse/rpms.in.yaml');
  const input = (packages: string): string =>
    `contentOrigin: { repofiles: [../tiny.repo] }\npackages: [${packages}]\narches: [aarch64, x86_64]\n`;
  for (const path of [good, bad]) execFileSync('mkdir', ['-p', join(path, '..')]);
  await writeFile(good, input('native'));
  await writeFile(bad, input('native, nowhere'));

  const both = await twinproof(['lock', folder.path]);
  expect(both.exitCode).toBe(2);
  expect(both.stderr).toContain(`${bad}: lock-invalid: no repository has "nowhere"`);
  expect(both.stderr).toContain('1 of 2 locks could not be resolved; nothing was written');
  expect(both.stdout).toContain('good/rpms.lock.yaml: new, 2 packages');
  const lockPath = join(folder.path, 'good/rpms.lock.yaml');
  await expect(readFile(lockPath)).rejects.toThrow('ENOENT');

  expect((await twinproof(['lock', good, '--check'])).exitCode).toBe(1);
  expect((await twinproof(['lock', good])).exitCode).toBe(0);
  const text = await readFile(lockPath, 'utf8');
  const { arches } = parse(text) as {
    arches: { arch: string; packages: { url: string; repoid: string }[] }[];
  };
  expect(arches.map(({ arch, packages }) => [arch, packages[0]?.repoid, packages[0]?.url])).toEqual([
    ['aarch64', 'on-aarch64', `${server.url}aarch64/Packages/native-1-1.aarch64.rpm`],
    ['x86_64', 'on-x86_64', `${server.url}x86_64/Packages/native-1-1.x86_64.rpm`],
  ]);
  const again = await twinproof(['lock', good, '--check']);
  expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('up to date')]);
  expect(await readFile(lockPath, 'utf8')).toBe(text);
});
