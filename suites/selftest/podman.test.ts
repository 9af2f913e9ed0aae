import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findTool } from '../../harness/setup/tools.mjs';
import { readRun } from '../../harness/record/reader.ts';
import { temporaryFolder, twinproof, until } from './support.ts';

const podman = findTool('podman');
const isRoot = process.getuid?.() === 0;

/** crun refuses hosts with both cgroup versions; runc, where it is there, does not. */
const RUNTIME = findTool('runc') === null ? [] : ['--runtime', findTool('runc') ?? ''];

describe.skipIf(podman === null || !isRoot)('podman, through its socket', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let service: { kill: () => boolean } & Promise<unknown>;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const socket = `unix://${join(folder.path, 'podman.sock')}`;
    env = { DOCKER_HOST: socket };
    const args = ['--cgroup-manager', 'cgroupfs', 'system', 'service', '--time=0', socket];
    service = execa('podman', [...RUNTIME, ...args], { reject: false, stdio: 'ignore' });
    const ready = async (): Promise<boolean> =>
      (await twinproof(['doctor'], { env })).stdout.includes('engine: Podman');
    await until('podman answers', ready, 60);
  });

  afterAll(async () => {
    service.kill();
    await service;
    await folder[Symbol.asyncDispose]();
  });

  test('builds the same images as Docker Engine, and the record says which engine it was', async () => {
    const verify = async (results: string, environment: Record<string, string>) => {
      const args = [
        'verify',
        'fixtures/bundled.catalog.yaml',
        '--image',
        'greeter/*',
        '--results',
        join(folder.path, results),
      ];
      const { exitCode, stderr, stdout } = await twinproof(args, { env: environment });
      expect(exitCode, stdout).toBe(0);
      return readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
    };
    const byPodman = await verify('podman', env);
    const byDocker = await verify('docker', {});
    expect(byPodman.header.engine?.name).toBe('Podman');
    expect(byDocker.header.engine?.name).toBe('Docker Engine');
    const configs = (run: typeof byPodman) =>
      [...run.twins.values()].flatMap(({ builds }) => builds.map(({ config }) => config));
    expect(configs(byPodman)).toEqual(configs(byDocker));
  });
});
