import { appendFile, cp, readFile, readdir, rm, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

const CATALOG = 'fixtures/faulty.catalog.yaml';
/** One with packages that all claims hold of, and one whose build fails. */
const IMAGES = ['control-packages', 'network'];

/** When and where, anywhere in a log. */
const TIMES_AND_HOSTS = ['started', 'finished', 'seconds', 'building', 'host'];

/** The lines of a log without times and hosts. Which subject is done first is left to chance, so they are sorted. */
async function linesOf(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, 'run.jsonl'), 'utf8');
  const name = basename(folder);
  const bare = (key: string, value: unknown): unknown =>
    TIMES_AND_HOSTS.includes(key) || value === name ? undefined : value;
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.stringify(JSON.parse(line), bare))
    .sort();
}

async function job(args: string[], cwd = ROOT): Promise<void> {
  const { exitCode, stderr } = await twinproof(['job', ...args, '--quiet'], { cwd });
  expect({ stderr, exitCode }).toMatchObject({ exitCode: 0 });
}

/** The first twin of an image is built here, the second in a working folder elsewhere. */
async function buildApart(image: string, folder: string, elsewhere: string): Promise<string[]> {
  const prepared = join(folder, image, 'prepared');
  await job(['prepare', image, '--catalog', CATALOG, '--out', prepared]);
  const twins = await Promise.all(
    [ROOT, elsewhere].map(async (cwd, index) => {
      const twin = ['A', 'B'][index] ?? '';
      const out = join(folder, image, twin);
      await job(['build', prepared, '--twin', twin, '--catalog', CATALOG, '--out', out], cwd);
      return out;
    }),
  );
  return [prepared, ...twins];
}

/** Cells of a run by claim. */
async function cellsOf(run: string): Promise<Map<string, { claim: string; seconds: number }>> {
  const lines = (await readFile(join(run, 'run.jsonl'), 'utf8')).trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as { type: string; claim: string; seconds: number });
  return new Map(records.filter(({ type }) => type === 'result').map((cell) => [cell.claim, cell]));
}

async function onlyRun(folder: string): Promise<string> {
  const [name = ''] = await readdir(folder);
  return join(folder, name);
}

test('a run that was split into jobs over two working folders is the run in one process', async () => {
  await using folder = await temporaryFolder();
  const elsewhere = join(folder.path, 'elsewhere');
  await cp(join(ROOT, 'fixtures'), join(elsewhere, 'fixtures'), { recursive: true });
  const selected = IMAGES.flatMap((image) => ['--image', `${image}/*`]);
  const [whole, parts] = [join(folder.path, 'whole'), join(folder.path, 'parts')];
  await twinproof(['verify', CATALOG, ...selected, '--quiet', '--results', whole]);

  const [prepared = '', a = '', b = ''] = await buildApart('control-packages', folder.path, elsewhere);
  const archive = join(folder.path, 'b.tar');
  await execa('tar', ['--create', '--file', archive, '--directory', join(b, 'image'), '.']);
  await rm(join(b, 'image'), { recursive: true });
  const judge = ['job', 'judge', prepared, b, a, '--catalog', CATALOG, '--results', parts];
  const half = join(folder.path, 'half.tar');
  await cp(archive, half);
  await truncate(half, 20_480);
  for (const image of [[], ['--twin-image', `B=oci-archive:${half}`]]) {
    const { exitCode, stderr } = await twinproof([...judge, ...image]);
    expect({ stderr, exitCode }).toEqual({
      stderr: expect.stringContaining('record-invalid') as string,
      exitCode: 2,
    });
  }
  expect(await readdir(parts).catch(() => [])).toEqual([]);
  const whence = ['--twin-image', `B=oci-archive:${archive}`];
  await job([...judge.slice(1), ...whence]);

  // A machine without an engine: what only looks at the twins is judged as elsewhere.
  const bare = join(folder.path, 'bare');
  const env = { DOCKER_HOST: `unix://${folder.path}/none.sock` };
  const alone = await twinproof([...judge.slice(0, -1), bare, ...whence, '--quiet'], { env });
  expect(alone).toMatchObject({ exitCode: 2 });
  const [cells, bareCells] = [await cellsOf(await onlyRun(parts)), await cellsOf(await onlyRun(bare))];
  expect([...bareCells.keys()]).toEqual([...cells.keys()]);
  for (const [claim, cell] of bareCells) {
    if (claim === 'runs')
      expect(cell).toMatchObject({ verdict: 'error', error: { code: 'engine-unavailable' } });
    else expect({ ...cell, seconds: 0 }).toEqual({ ...cells.get(claim), seconds: 0 });
  }

  const network = await buildApart('network', folder.path, elsewhere);
  await twinproof(['job', 'judge', ...network, '--catalog', CATALOG, '--results', parts]);
  const others = await twinproof([...judge.slice(0, 4), network[1] ?? '', '--catalog', CATALOG]);
  expect(others.stderr).toContain('another subject: "control-packages/default@linux/amd64" was prepared');

  // Twins of a recipe that is another one by now.
  await appendFile(join(elsewhere, 'fixtures/faulty/network/Containerfile'), '# changed\n');
  const stale = await twinproof(['job', 'judge', ...network, '--catalog', CATALOG], { cwd: elsewhere });
  expect(stale.stderr).toContain('record-invalid: another source');
  expect(stale.exitCode).toBe(2);

  const runs = (await readdir(parts)).map((name) => join(parts, name));
  const merged = join(folder.path, 'merged');
  const { exitCode } = await twinproof(['job', 'merge', ...runs, '--results', merged]);
  expect(exitCode).toBe(1);
  const [one, split] = [await onlyRun(whole), await onlyRun(merged)];
  const lines = await linesOf(split);
  expect(lines).toEqual(await linesOf(one));
  expect(lines.join('\n')).toContain('"placement":"same-host"');
  for (const file of ['summary.json', 'matrix.md']) {
    expect(await readFile(join(split, file), 'utf8')).toBe(await readFile(join(one, file), 'utf8'));
  }
  const evidence = join('evidence', 'sha256');
  expect(await readdir(join(split, evidence))).toEqual(await readdir(join(one, evidence)));
});
