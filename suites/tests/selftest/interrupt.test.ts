import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRun } from '../../../harness/record/reader.ts';
import { leftovers, temporaryFolder, twinproof, until, writeCatalog } from './support.ts';

const CONTAINERFILE = `FROM localhost/builder AS build
ARG SECONDS
RUN sleep $SECONDS; date +%s > /now
FROM scratch
COPY --from=build /etc/os-release /os-release
`;

const subject = (image: string, seconds: number, reproducible = 'true'): string =>
  `  - { image: ${image}, recipe: { containerfile: image/Containerfile, buildArgs: { SECONDS: "${seconds}" } }, claims: { reproducible: ${reproducible}, hermetic: true } }\n`;

const noneLeft = { containers: [], folders: [] };

/** A verification of a quick subject and a slow one, killed as soon as the quick one is recorded. */
async function killed(folder: string, signal: NodeJS.Signals, slow = 600) {
  const catalog = await writeCatalog(folder, subject('quick', 0) + subject('slow', slow), {
    'image/Containerfile': CONTAINERFILE,
  });
  const running = twinproof(['verify', catalog, '--results', join(folder, 'results'), '--jobs', '1']);
  let reported = '';
  running.stderr.on('data', (chunk: Buffer) => (reported += chunk.toString()));
  await until(
    'the slow subject is building',
    () => Promise.resolve(reported.includes('slow/default@linux/amd64: building')),
    600,
  );
  await until('the quick subject is recorded', () =>
    Promise.resolve(reported.includes('quick/default@linux/amd64 hermetic:')),
  );
  const run = /recording in (\S+)/.exec(reported)?.[1] ?? '';
  await until('its containers run', async () => (await leftovers(run)).containers.length >= 2);
  running.kill(signal);
  const result = await running;
  return { catalog, result, run };
}

describe('an interrupted run', () => {
  test('by Ctrl-C leaves nothing behind, keeps what it recorded and exits 130', async () => {
    await using folder = await temporaryFolder();
    const { result, run } = await killed(folder.path, 'SIGINT');
    expect(result.exitCode).toBe(130);
    expect(await leftovers(run)).toEqual(noneLeft);
    const { footer, cells } = await readRun(run);
    expect(footer).toBeNull();
    expect([...cells.keys()]).toEqual([
      'quick/default@linux/amd64 reproducible',
      'quick/default@linux/amd64 hermetic',
    ]);
  });

  test('by kill -9 is swept up by `clean --leftovers`', async () => {
    await using folder = await temporaryFolder();
    const { run } = await killed(folder.path, 'SIGKILL');
    expect((await leftovers(run)).containers.length).toBeGreaterThan(0);
    expect((await twinproof(['clean', '--leftovers'])).exitCode).toBe(0);
    expect(await leftovers(run)).toEqual(noneLeft);
  });

  test('is finished by --resume with only the missing cells, and equals an undisturbed run', async () => {
    await using folder = await temporaryFolder();
    const { catalog, run } = await killed(folder.path, 'SIGKILL', 20);
    const resumed = await twinproof([
      'verify',
      catalog,
      '--results',
      join(folder.path, 'results'),
      '--resume',
      run,
      '--json',
    ]);
    expect(resumed.exitCode).toBe(0);
    expect(resumed.stderr).not.toContain('quick/default@linux/amd64: building');
    expect(resumed.stderr).toContain('slow/default@linux/amd64: building');
    expect(await leftovers(run)).toEqual(noneLeft);
    const undisturbed = await twinproof([
      'verify',
      catalog,
      '--results',
      join(folder.path, 'other'),
      '--json',
    ]);
    expect(JSON.parse(resumed.stdout)).toEqual(JSON.parse(undisturbed.stdout));
  });

  test('is taken over only where the same is asked of the claim', async () => {
    await using folder = await temporaryFolder();
    const results = join(folder.path, 'results');
    const files = { 'image/Containerfile': CONTAINERFILE };
    const verify = async (reproducible: string, more: string[]): Promise<string> => {
      const catalog = await writeCatalog(folder.path, subject('quick', 0, reproducible), files);
      const { stderr, exitCode } = await twinproof(['verify', catalog, '--results', results, ...more]);
      expect(exitCode).toBe(0);
      return stderr;
    };
    const [, run = ''] = /recording in (\S+)/.exec(await verify('true', [])) ?? [];
    expect(await verify('true', ['--resume', run])).not.toContain('building');
    const asked = await verify('{ rung: tree }', ['--resume', run]);
    expect(asked).toContain('checking reproducible');
    expect(asked).not.toContain('checking hermetic');
  });
});
