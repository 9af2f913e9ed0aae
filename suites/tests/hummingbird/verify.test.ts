import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run as measured } from '../../../bench/measure/run.ts';
import { type Run, readRun } from '../../../harness/record/reader.ts';
import { ROOT, twinproof } from '../selftest/support.ts';
import { commit, inputOf, lockOf } from './checkout.ts';
import { containerfileOf } from './containerfile.ts';
import { deviationsFrom } from './expected.ts';
import { type Fixture, makeFixture } from './fixture.ts';

const HOUR = 3600;
let folder: string;
let fixture: Fixture;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twinproof-hummingbird-'));
  fixture = await makeFixture(folder);
}, 900_000);

afterAll(async () => {
  await fixture.server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const results = (name: string): string => join(folder, 'results', name);

/** What is said on the command line and in the environment to verify the checkout. */
function verification(name: string, options: string[]): { args: string[]; env: Record<string, string> } {
  const args = [
    'verify',
    fixture.checkout,
    ...fixture.builderOptions,
    '--results',
    results(name),
    ...options,
  ];
  return { args, env: { ...fixture.server.env, TWINPROOF_CACHE: join(folder, 'cache') } };
}

async function foldersOf(name: string): Promise<string[]> {
  return (await readdir(results(name))).sort().map((run) => join(results(name), run));
}

async function runsOf(name: string): Promise<Run[]> {
  return Promise.all((await foldersOf(name)).map((path) => readRun(path)));
}

test('157 variants from a cold cache: every verdict is as it was made, within an hour and 500 MB', async () => {
  expect(fixture.variants).toHaveLength(157);
  expect(new Set(fixture.variants.map(({ image }) => image)).size).toBe(49);
  const { args, env } = verification('whole', ['--quiet']);
  const argv = [process.execPath, join(ROOT, 'harness/cli/main.ts'), ...args] as [string, ...string[]];
  const took = await measured({ argv, env, folder, limit: HOUR, sampling: 1000 });
  const [run] = await runsOf('whole');
  expect(run === undefined ? ['no run'] : deviationsFrom(fixture.variants, run)).toEqual([]);
  expect(took.exit).toBe(1);
  expect(took.seconds).toBeLessThan(HOUR);
  expect(took.memory).toBeLessThan(500);
});

test('a run that is resumed takes over what was decided, and gives the same page', async () => {
  const [whole = ''] = await foldersOf('whole');
  const { args, env } = verification('resumed', ['--resume', whole]);
  const { exitCode } = await twinproof(args, { env });
  expect(exitCode).toBe(1);
  const [run] = await runsOf('resumed');
  expect(run === undefined ? ['no run'] : deviationsFrom(fixture.variants, run)).toEqual([]);
  const [resumed = ''] = await foldersOf('resumed');
  const out = join(folder, 'page.html');
  const reported = await twinproof(['report', resumed, '--format', 'html', '--no-exit-code', '--out', out]);
  expect(reported.exitCode, reported.stderr).toBe(0);
  const page = await readFile(out, 'utf8');
  for (const { subject } of fixture.variants) expect(page).toContain(subject.split('/')[0]);
});

test('shards of it together are all of it', async () => {
  const fips = fixture.variants.filter(({ name }) => name === 'fips');
  for (const shard of ['1/2', '2/2']) {
    const { args, env } = verification('shards', ['--image', '*/hummingbird.fips@*', '--shard', shard]);
    const { exitCode } = await twinproof(args, { env });
    expect(exitCode).toBe(0);
  }
  const found = (await runsOf('shards')).flatMap(({ header }) => header.cells.map(({ subject }) => subject));
  expect(new Set(found)).toEqual(new Set(fips.map(({ subject }) => `${subject}@linux/amd64`)));
});

test('locks are as dnf resolves them', async () => {
  const { env } = fixture.server;
  const only = ['--image', 'nodejs-24/hummingbird/fips', '--image', 'tomcat-10/rawhide/builder'];
  const { stdout, exitCode } = await twinproof(['lock', fixture.checkout, '--check', ...only], { env });
  expect(stdout.match(/up to date/g)).toHaveLength(2);
  expect(exitCode).toBe(0);
});

test('after one lock was refreshed, only its variant is verified, within two minutes', async () => {
  const one = fixture.variants.find(({ subject }) => subject === 'skopeo/rawhide.default');
  if (one === undefined) throw new Error('there is no such variant');
  const changed = { ...one, packages: [...one.packages, 'jq'].sort() };
  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(fixture.checkout, one.folder, name), text);
  await write('rpms/rpms.in.yaml', inputOf(changed));
  await write('rpms/rpms.lock.yaml', await lockOf(changed, fixture));
  await write('Containerfile', containerfileOf(changed));
  await commit(fixture.checkout, 'Refresh a lock');
  const { args, env } = verification('changed', ['--changed-since', 'HEAD~1']);
  const started = Date.now();
  const { exitCode } = await twinproof(args, { env });
  expect(exitCode).toBe(0);
  expect((Date.now() - started) / 1000).toBeLessThan(120);
  const [run] = await runsOf('changed');
  expect(run === undefined ? ['no run'] : deviationsFrom([changed], run)).toEqual([]);
});
