import { expect, test } from 'vitest';
import { type Run, readRun } from '../../../harness/record/reader.ts';
import { type Kind, canRun, startPodman } from './podman.ts';
import { temporaryFolder, twinproof } from '../selftest/support.ts';

/** A service that is asked over its own network, and a program that is called in place of the image's own entry point. */
const IMAGE: Record<Kind, string> = { rootful: 'greeter/*', rootless: 'calculator/*' };

/** Verifies one image of the bundled catalog with everything varied, and reads what was recorded. */
async function verified(
  kind: Kind,
  run: (args: string[]) => PromiseLike<{ exitCode?: number | undefined; stderr: string; stdout: string }>,
  results: string,
): Promise<Run> {
  const args = ['verify', 'fixtures/bundled.catalog.yaml', '--image', IMAGE[kind], '--vary', 'all'];
  const { exitCode, stderr, stdout } = await run([...args, '--results', results]);
  expect(exitCode, `${stdout}${stderr}`).toBe(0);
  return readRun(/recorded in (\S+)/.exec(stderr)?.[1] ?? '');
}

const configs = (run: Run) =>
  [...run.twins.values()].flatMap(({ builds }) => builds.map(({ config }) => config));

const notApplied = (run: Run) =>
  [...run.twins.values()].flatMap(({ builds: [first] }) =>
    (first?.environment ?? []).flatMap((variation) =>
      variation.notApplied === undefined ? [] : [variation.variation],
    ),
  );

/** What a podman that is not root may not have: the device for disorderfs, and limits where cgroups are of version 1. */
const MAY_LACK: Record<Kind, string[]> = { rootful: [], rootless: ['directory-order', 'memory'] };
const CONTRACT_MAY_LACK: Record<Kind, string[]> = { rootful: [], rootless: ['devices', 'limits'] };

const KINDS: Kind[] = ['rootful', 'rootless'];

test.for(KINDS)(
  'podman, %s, builds the same image as Docker Engine under the same variations',
  async (kind, { skip }) => {
    await using own = await temporaryFolder();
    if (!(await canRun(kind, own.path))) skip(`no ${kind} podman can run here`);
    const byDocker = await verified(kind, (args) => twinproof(args), `${own.path}/docker`);
    await using podman = await startPodman(kind, own.path);
    const run = await verified(kind, podman.twinproof, podman.results);
    expect(run.header.engine?.name).toBe('Podman');
    expect(configs(run)).toEqual(configs(byDocker));
    const missing = notApplied(run).filter((variation) => !notApplied(byDocker).includes(variation));
    expect(MAY_LACK[kind]).toEqual(expect.arrayContaining(missing));
  },
);

// One that is not root copies the whole image for each container, where its kernel lets it mount no overlay: that takes long.
test.for(KINDS)('podman, %s, keeps the contract of engines', async (kind, { skip }) => {
  await using own = await temporaryFolder();
  if (!(await canRun(kind, own.path))) skip(`no ${kind} podman can run here`);
  await using podman = await startPodman(kind, own.path);
  const { exitCode, stdout } = await podman.contract(['--may-lack', ...CONTRACT_MAY_LACK[kind]]);
  expect(stdout.split('\n').filter((line) => line.startsWith('not ok'))).toEqual([]);
  expect(exitCode, stdout).toBe(0);
});
