import { copyFile, cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { execa } from 'execa';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeLayout } from '../../../harness/testing/oci/image.ts';
import { tar } from '../../../harness/testing/oci/tar/tar.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { ROOT, writeCatalog } from '../selftest/support.ts';
import { type Installed, install } from './installed.ts';

/** Bytes, packed and unpacked; docs/package.md says the same. */
const MAX_TARBALL = 1_500_000;
const MAX_UNPACKED = 6_700_000;

let user: Installed;
beforeAll(async () => {
  const types = manifest.devDependencies['@types/node'];
  user = await install(`@types/node@${types}`, `typescript@${manifest.devDependencies.typescript}`);
  const layer = (content: string) => tar([{ name: 'etc/motd', content, mtime: '0' }]);
  await writeLayout(join(user.folder, 'a'), { layers: [layer('one')] });
  await writeLayout(join(user.folder, 'b'), { layers: [layer('two')] });
  await cp(join(ROOT, 'docs/examples'), join(user.folder, 'examples'), { recursive: true });
});
afterAll(async () => {
  await user[Symbol.asyncDispose]();
});

const twinproof = (...args: string[]) => user.run('npx', ['--no-install', 'twinproof', ...args]);

describe('what is packed', () => {
  test('is what the program needs, without tests and TypeScript, and small', async () => {
    const { stdout } = await execa('tar', ['-tzf', user.tarball]);
    const names = stdout.split('\n');
    const code = names.filter((name) => !/\.d\.m?ts$/.test(name));
    expect(code.filter((name) => /\.ts$|\.test\.|\/testing\/|node_modules/.test(name))).toEqual([]);
    expect(code.filter((name) => name.includes('fixtures/') && !name.includes('fixtures/builder/'))).toEqual(
      [],
    );
    expect(
      code.filter((name) => /^package\/(?!dist\/|harness\/(?:cli\/launch|setup\/cache)\.mjs)/.test(name)),
    ).toEqual(expect.arrayContaining(['package/package.json', 'package/README.md', 'package/LICENSE']));
    expect((await stat(user.tarball)).size).toBeLessThan(MAX_TARBALL);
    const unpacked = await execa('gzip', ['-dc', user.tarball], { encoding: 'buffer', maxBuffer: 2 ** 26 });
    expect(unpacked.stdout.length).toBeLessThan(MAX_UNPACKED);
  });

  test('holds every file that the sources read beside themselves', async () => {
    const listed = await execa('git', ['ls-files', 'harness'], { cwd: ROOT });
    const beside = listed.stdout
      .split('\n')
      .filter((name) => /\.(?:sh|py|css|json)$|client\/page\.js$/.test(name));
    const packed = (await execa('tar', ['-tzf', user.tarball])).stdout.split('\n');
    const missing = beside.filter((name) => !packed.includes(`package/dist/${name}`));
    expect(missing).toEqual(['harness/report/page/client/tsconfig.json']);
  });
});

test('the API reference in the docs is what the comments say', async () => {
  const fresh = join(user.folder, '../api');
  await execa('npm', ['run', 'docs:api', '--', '--out', fresh], { cwd: ROOT });
  const { exitCode, stdout } = await execa('diff', ['-r', fresh, join(ROOT, 'docs/api')], { reject: false });
  expect(exitCode, stdout).toBe(0);
});

describe('an ordinary user who installed it', () => {
  test('starts it', async () => {
    expect(await twinproof('--version')).toMatchObject({ stdout: manifest.version, exitCode: 0 });
  });

  test('compares images', async () => {
    const { stdout, exitCode } = await twinproof('diff', 'oci:a', 'oci:b');
    expect(stdout).toContain('etc/motd');
    expect(exitCode).toBe(1);
    expect((await twinproof('diff', 'oci:a', 'oci:a')).exitCode).toBe(0);
  });

  test('is told of a wrong name in one line', async () => {
    const { stderr, exitCode } = await twinproof('diff', 'oci:a', 'oci:nowhere');
    expect(stderr.split('\n')).toHaveLength(1);
    expect(exitCode).toBe(2);
  });

  test('has types for every entry of the package, checked with all declarations', async () => {
    await copyFile(join(ROOT, 'suites/tests/package/user-types.txt'), join(user.folder, 'types.ts'));
    const compilerOptions = {
      ...{ strict: true, skipLibCheck: false, exactOptionalPropertyTypes: true, noEmit: true },
      ...{ target: 'es2024', lib: ['es2024', 'esnext.disposable'], module: 'nodenext', types: ['node'] },
    };
    const project = { compilerOptions, files: ['types.ts'], include: ['examples'] };
    await writeFile(join(user.folder, 'tsconfig.json'), JSON.stringify(project));
    const { stdout, exitCode } = await user.run('npx', ['--no-install', 'tsc', '-p', '.']);
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
    const entries = Object.keys(manifest.exports).filter((name) => !name.endsWith('.json'));
    const text = await readFile(join(user.folder, 'types.ts'), 'utf8');
    for (const name of entries) expect(text).toContain(`'twinproof${name.slice(1)}'`);
  });
});

describe('the examples of the docs', () => {
  test('compare.ts prints the cause', async () => {
    const { stdout, exitCode } = await user.run(user.node, ['examples/compare.ts', 'oci:a', 'oci:b']);
    expect(stdout).toMatch(/^different\n.*: etc\/motd\n {2}\S/);
    expect(exitCode).toBe(1);
    const same = await user.run(user.node, ['examples/compare.ts', 'oci:a', 'oci:a']);
    expect(same).toMatchObject({ stdout: 'equal at manifest', exitCode: 0 });
    const none = await user.run(user.node, ['examples/compare.ts', 'oci:a', 'oci:nowhere']);
    expect(none.exitCode).toBe(2);
  });

  test('only-root-is-root.ts: an image that is no operating system is an error, not a failure', async () => {
    // Whoever has an engine at hand; the user of these tests has none.
    const args = ['examples/only-root-is-root.ts', 'oci:a'];
    const { stderr, exitCode } = await execa(user.node, args, { cwd: user.folder, reject: false });
    expect(stderr).toContain('error: unsupported: the image cannot be put on a disk');
    expect(exitCode).toBe(2);
  });
});

test('verify on a catalog of the user with a claim of their own, and a comment made of its run', async () => {
  const recipe = (step: string) =>
    `FROM localhost/builder AS build\nRUN mkdir -p /newroot && ${step} > /newroot/what\nFROM scratch\nCOPY --from=build /newroot /\n`;
  const subject = (name: string) =>
    `  - { image: ${name}, recipe: { containerfile: ${name} }, claims: { reproducible: true } }\n`;
  const folder = join(user.folder, 'mine');
  await mkdir(folder);
  const catalog = await writeCatalog(folder, subject('steady') + subject('named'), {
    steady: recipe('echo steady'),
    named: recipe('hostname').replace('/what', '/what && chmod 4755 /newroot/what'),
  });
  const command = join(user.folder, 'node_modules/.bin/twinproof');
  const results = join(folder, 'runs');
  const env = { NO_COLOR: '1' };
  const suite = ['--suite', join(user.folder, 'examples/no-setuid.suite.ts')];
  const args = ['verify', catalog, ...suite, '--results', results];
  const verified = await execa(command, args, { env, reject: false });
  expect(verified.stdout, verified.stderr).toMatch(/│ subject +│ reproducible │ no-setuid │/);
  expect(verified.stdout).toMatch(/named\/default@\S+ +│ fail +│ fail/);
  expect(verified.stdout).toMatch(/steady\/default@\S+ +│ pass +│ pass/);
  expect(verified.stdout).toMatch(/no-setuid\.suite\.ts:9: 1 file has the setuid bit: what \(mode 4755/);
  expect(verified.exitCode).toBe(1);

  const [run = ''] = await readdir(results);
  const html = await execa(
    command,
    ['report', join(results, run), '--format', 'html', '--out', join(folder, 'page.html')],
    { reject: false },
  );
  expect(html.exitCode, html.stderr).toBe(1);

  await action(folder, catalog);

  await using server = await notes();
  const given = { CI_API_V4_URL: server.url, CI_PROJECT_ID: '1', CI_MERGE_REQUEST_IID: '2', TOKEN: 'secret' };
  for (const asked of [
    ['GET', 'POST'],
    ['GET', 'PUT'],
  ]) {
    const { exitCode, stderr } = await user.run(
      user.node,
      ['examples/comment.ts', join(results, run)],
      given,
    );
    expect(exitCode, stderr).toBe(1);
    expect(server.asked.splice(0)).toEqual(asked);
  }
  expect(server.bodies).toHaveLength(1);
  expect(server.bodies[0]).toContain('### fail: named/default');
  expect(server.bodies[0]).toContain('hostname');
});

/** The step of the GitHub action that does the work, on a run of its own; installing is done. */
async function action(folder: string, catalog: string): Promise<void> {
  interface Action {
    runs: { steps: { name: string; run: string }[] };
  }
  const { runs } = parse(await readFile(join(ROOT, 'action.yml'), 'utf8')) as Action;
  const script = runs.steps.find(({ name }) => name === 'Verify')?.run ?? '';
  const env = {
    PATH: `${join(user.folder, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
    ...{
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    },
    ...{ CATALOG: catalog, OPTIONS: '--image named/* --claim reproducible' },
  };
  const options = { env, cwd: folder, reject: false } as const;
  const { stdout, exitCode } = await execa('bash', ['-eo', 'pipefail', '-c', script], options);
  expect(exitCode, stdout).toBe(1);
  expect(stdout).toMatch(/^::error .*named\/default/m);
  expect(await readFile(env.GITHUB_STEP_SUMMARY, 'utf8')).toContain('**1 failed**');
  expect(await readFile(env.GITHUB_OUTPUT, 'utf8')).toBe(`results=${folder}/twinproof-runs\n`);
  const broken = { ...options, env: { ...env, CATALOG: 'nowhere.yaml', RUNNER_TEMP: join(folder, 'empty') } };
  expect((await execa('bash', ['-eo', 'pipefail', '-c', script], broken)).exitCode).toBe(2);
}

/** Comments of a merge request, as GitLab's API keeps them. */
async function notes() {
  const bodies: string[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { method = '', url = '', headers } = request;
      asked.push(method);
      const text = await textOf(request);
      const [, id] = /^\/projects\/1\/merge_requests\/2\/notes(?:\/(\d+))?(?:\?|$)/.exec(url) ?? [null, null];
      if (headers['private-token'] !== 'secret') response.statusCode = 401;
      else if (method === 'POST') bodies.push((JSON.parse(text) as { body: string }).body);
      else if (method === 'PUT') bodies[Number(id)] = (JSON.parse(text) as { body: string }).body;
      response.end(JSON.stringify(bodies.map((body, index) => ({ id: index, body }))));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { bodies, asked, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
}
