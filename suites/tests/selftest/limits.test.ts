import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRun } from '../../../harness/record/reader.ts';
import { temporaryFolder, twinproof, writeCatalog } from './support.ts';

const SMALL = 'claims: { reproducible: true, hermetic: true }';

async function verifyOne(recipe: string, limits: string) {
  await using folder = await temporaryFolder();
  const subject = `  - { image: x, recipe: { containerfile: Containerfile }, limits: { ${limits} }, ${SMALL} }\n`;
  const catalog = await writeCatalog(folder.path, subject, { Containerfile: recipe });
  const results = join(folder.path, 'results');
  const result = await twinproof(['verify', catalog, '--results', results, '--json']);
  const run = await readRun(/recorded in (\S+)/.exec(result.stderr)?.[1] ?? '');
  const logs = run.twins.get('x/default@linux/amd64')?.builds.flatMap(({ log }) => log ?? []) ?? [];
  const evidence = join(results, run.header.run, 'evidence/sha256');
  const stored = await Promise.all(
    logs.map(async ({ digest }) => (await stat(join(evidence, digest.slice(7)))).size),
  );
  return { result, run, logs, stored };
}

const builds = (step: string): string => `FROM localhost/builder AS build
RUN ${step}
FROM scratch
COPY --from=build /etc/os-release /os-release
`;

test('a build that never ends is an error with code timeout', async () => {
  const { result, run } = await verifyOne(builds('sleep 10000'), 'time: 5s');
  expect(result.exitCode).toBe(2);
  expect([...run.cells.values()].map(({ error }) => error?.code)).toEqual(['timeout', 'timeout']);
});

test('a full scratch space is named as such', async () => {
  const { result, run } = await verifyOne(
    builds('dd if=/dev/zero of=/filler bs=1M count=4000'),
    'scratch: 256MiB',
  );
  expect(result.exitCode).toBe(2);
  const cell = run.cells.get('x/default@linux/amd64 reproducible');
  expect(cell?.error?.code).toBe('build-failed');
  expect(cell?.error?.message).toContain('filled its scratch space');
  expect(cell?.error?.hint).toContain('limits.scratch');
});

test('a log of 1 GB does not stop the build, and only its beginning is kept', async () => {
  const noisy = `head -c 1000000000 /dev/zero | tr '\\0' 'x'`;
  const { result, run } = await verifyOne(builds(noisy), 'log: 1MiB');
  expect(result.exitCode).toBe(0);
  const build = run.twins.get('x/default@linux/amd64')?.builds[0];
  expect(build?.log?.size).toBe(1024 ** 2);
  expect(build?.logDropped).toBeGreaterThan(998_000_000);
});

test('a fork bomb and a memory hog end in errors, and the machine goes on', async () => {
  const bomb = await verifyOne(
    builds('bomb() { bomb | bomb & }; bomb; wait; exit 1'),
    'processes: 200, time: 30s',
  );
  expect(bomb.result.exitCode).toBe(2);
  const hog = await verifyOne(
    builds(`python3 -c "x = b'x' * (4 * 2**30)"`),
    'memory: 256MiB, scratch: 256MiB',
  );
  expect(hog.run.cells.get('x/default@linux/amd64 reproducible')?.error?.message).toMatch(
    /out of memory|Memory|MemoryError|Killed/i,
  );
});

test('the log of every build is in the evidence', async () => {
  const { result, logs, stored } = await verifyOne(builds('echo hello from the build'), 'time: 60s');
  expect(result.exitCode).toBe(0);
  expect(logs).toHaveLength(2);
  expect(stored).toEqual(logs.map(({ size }) => size));
});
