import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { findTool } from '../../../harness/setup/tools.mjs';
import { readRun } from '../../../harness/record/reader.ts';
import { temporaryFolder, twinproof, until, writeCatalog } from './support.ts';

const dockerd = findTool('dockerd');
const isRoot = process.getuid?.() === 0;

/** An engine of the test's own, so that killing it harms nobody else. */
async function privateEngine(folder: string) {
  await mkdir(folder, { recursive: true });
  const socket = join(folder, 'docker.sock');
  const args = [
    '--host',
    `unix://${socket}`,
    '--data-root',
    join(folder, 'data'),
    '--exec-root',
    join(folder, 'exec'),
  ];
  const quiet = [
    '--pidfile',
    join(folder, 'pid'),
    '--bridge=none',
    '--iptables=false',
    '--ip6tables=false',
    '--log-level=error',
  ];
  const daemon = execa(dockerd ?? 'dockerd', [...args, ...quiet], { reject: false, stdio: 'ignore' });
  const env = { DOCKER_HOST: `unix://${socket}` };
  await until(
    'the private engine answers',
    async () => (await twinproof(['doctor'], { env })).stdout.includes('ok      container engine'),
    60,
  );
  return { daemon, env };
}

/** A killed engine leaves containers, their shims and mounts behind; here they go with it. */
async function endAll(folder: string): Promise<void> {
  await execa('pkill', ['-KILL', '-f', folder], { reject: false });
  const mounted = `grep -o ' ${folder}[^ ]*' /proc/mounts | sort -r | xargs -r umount -l`;
  await execa('sh', ['-c', mounted], { reject: false });
}

test.skipIf(dockerd === null || !isRoot)(
  'an engine that dies in the middle of a build is no difference between twins',
  async () => {
    await using folder = await temporaryFolder();
    const { daemon, env } = await privateEngine(join(folder.path, 'engine'));
    const recipe =
      'FROM localhost/builder AS build\nRUN sleep 600\nFROM scratch\nCOPY --from=build /etc/os-release /x\n';
    const subject =
      '  - { image: slow, recipe: { containerfile: Containerfile }, claims: { reproducible: true, hermetic: true } }\n';
    const catalog = await writeCatalog(folder.path, subject, { Containerfile: recipe });
    const running = twinproof(['verify', catalog, '--results', join(folder.path, 'results')], { env });
    let reported = '';
    running.stderr.on('data', (chunk: Buffer) => (reported += chunk.toString()));
    await until('the build runs', () => Promise.resolve(reported.includes('building A')), 600);
    daemon.kill('SIGKILL');
    await daemon;
    await endAll(join(folder.path, 'engine'));
    const { exitCode } = await running;
    expect(exitCode).toBe(2);
    const run = await readRun(/recording in (\S+)/.exec(reported)?.[1] ?? '');
    expect([...run.cells.values()].map(({ error }) => error?.code)).toEqual([
      'engine-unavailable',
      'engine-unavailable',
    ]);
  },
);
