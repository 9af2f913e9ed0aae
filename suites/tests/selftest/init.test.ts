import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, afterAll, expect, test } from 'vitest';
import { loadCatalog } from '../../../harness/catalog/load.ts';
import { CLAIMS } from '../../../harness/claims/registry.ts';
import { readRun } from '../../../harness/record/reader.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

/** Ordinary Containerfiles: what `init` says of each is what happens when its catalog is verified. */
const READY = ['static-site', 'shell-script', 'c-program', 'python-report'];
const BLOCKED = ['debian-nginx', 'fedora-httpd', 'alpine-tool', 'python-web', 'go-service', 'downloads'];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  await cp(join(ROOT, 'fixtures/init'), folder.path, { recursive: true });
});
afterAll(() => folder[Symbol.asyncDispose]());

const at = (...names: string[]): string => join(folder.path, ...names);

const verdictsOf = async (results: string): Promise<string[]> => {
  const [run = ''] = await readdir(results);
  const { cells } = await readRun(join(results, run));
  return [...cells.values()].map(({ claim, verdict }) => `${claim} ${verdict}`);
};

test('all of them are looked at', async () => {
  expect((await readdir(join(ROOT, 'fixtures/init'))).sort()).toEqual([...READY, ...BLOCKED].sort());
});

test.each(READY)('%s: the catalog that is written verifies as it is', async (name) => {
  const written = await twinproof(['init'], { cwd: at(name) });
  expect(written, written.stderr).toMatchObject({ exitCode: 0 });
  expect(written.stdout).toContain('\nnothing in it needs a network; check it: npx twinproof verify');
  expect(written.stdout).toContain('the build context is this folder');
  const { exitCode, stdout, stderr } = await twinproof(['verify'], { cwd: at(name) });
  expect(exitCode, stdout + stderr).toBe(0);
  expect(await verdictsOf(at(name, 'results/runs'))).toEqual(['reproducible pass', 'hermetic pass']);
});

test.each(BLOCKED)(
  '%s: what must change is told with its line, and without that it cannot be built',
  async (name) => {
    const written = await twinproof(['init', 'Containerfile'], { cwd: at(name) });
    expect(written, written.stderr).toMatchObject({ exitCode: 1 });
    expect(written.stdout).toMatch(/^Containerfile:\d+: \S.* needs a network, and builds have none/m);
    expect(written.stdout).toMatch(/things? to change before it can be built without a network/);
    const { subjects } = await loadCatalog(at(name, 'catalog.yaml'), { claims: CLAIMS });
    expect(subjects.map(({ image }) => image)).toEqual([name]);
    // The images that it begins with are not on every machine; what it runs is the same in another.
    const text = await readFile(at(name, 'Containerfile'), 'utf8');
    await writeFile(
      at(name, 'Containerfile'),
      text.replaceAll(/^FROM (?!scratch)\S+/gm, 'FROM localhost/builder'),
    );
    const { exitCode, stdout } = await twinproof(['verify'], { cwd: at(name) });
    expect(exitCode, stdout).not.toBe(0);
    const verdicts = await verdictsOf(at(name, 'results/runs'));
    expect(verdicts.filter((verdict) => verdict.endsWith('pass'))).toEqual([]);
  },
);

test('nothing is written over, and a Containerfile that no catalog here could reach is refused', async () => {
  const again = await twinproof(['init'], { cwd: at('static-site') });
  expect(again).toMatchObject({ exitCode: 2, stdout: '' });
  expect(again.stderr).toMatch(/^catalog\.yaml: usage: there is a catalog already/);
  const dry = await twinproof(['init', '--dry-run'], { cwd: at('static-site') });
  expect(dry.stdout).toBe((await readFile(at('static-site/catalog.yaml'), 'utf8')).trimEnd());
  const outside = await twinproof(['init', '../c-program/Containerfile'], { cwd: at('static-site') });
  expect(outside).toMatchObject({ exitCode: 2, stdout: '' });
  expect(outside.stderr).toMatch(/usage: it is not below this folder/);
});
