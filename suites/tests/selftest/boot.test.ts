import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { writeImage, writeIndex, writeLayout } from '../../../harness/testing/oci/image.ts';
import { schemaFaults } from '../../../harness/testing/schemas.ts';
import { ROOT, temporaryFolder, twinproof } from './support.ts';

// Images that are operating systems: suites/tests/bundled and suites/tests/thorough.

test('an image that is no operating system is unsupported, with the reason', async () => {
  await using folder = await temporaryFolder();
  const layout = join(folder.path, 'empty');
  await execa('umoci', ['init', '--layout', layout]);
  await execa('umoci', ['new', '--image', `${layout}:x`]);
  const { exitCode, stdout } = await twinproof(['boot', `oci:${layout}:x`]);
  expect(stdout.split('\n')[0]).toBe(
    'error unsupported boots: the image cannot be put on a disk: it has no kernel in /usr/lib/modules',
  );
  expect(exitCode).toBe(2);
  const json = JSON.parse((await twinproof(['boot', `oci:${layout}:x`, '--json'])).stdout) as object;
  expect(json).toMatchObject({ image: expect.stringMatching(/^sha256:/) as string });
  expect(schemaFaults(json)).toBe(null);
});

test.each([
  ['linux/amd64', 'error unsupported boots: the image cannot be put on a disk: it has no kernel in '],
  ['linux/arm64', 'error unsupported boots: the image cannot be put on a disk: it is for arm64, and '],
])('--platform %s picks an image of an index', async (platform, said) => {
  await using folder = await temporaryFolder();
  const images = ['amd64', 'arm64'].map(async (architecture) => ({
    ...(await writeImage(folder.path, { layers: [], config: { architecture } })),
    platform: { os: 'linux', architecture },
  }));
  await writeIndex(folder.path, await Promise.all(images));
  const { stdout } = await twinproof(['boot', `oci:${folder.path}`, '--platform', platform]);
  expect(stdout).toContain(said);
});

test.each([
  ['the image itself', 'amd64', 'usage: ', ': same image: sha256:'],
  ['an image for arm64', 'arm64', 'unsupported: ', ': it is for linux/arm64, and the image for linux/amd64'],
])('%s is refused as its update, before anything starts', async (_what, architecture, code, said) => {
  await using folder = await temporaryFolder();
  const [image, next] = ['image', 'next'].map((name) => join(folder.path, name));
  await writeLayout(image ?? '', { layers: [] });
  await writeLayout(next ?? '', { layers: [], config: { architecture } });
  const { exitCode, stdout, stderr } = await twinproof([
    'boot',
    `oci:${image ?? ''}`,
    '--update',
    `oci:${next ?? ''}`,
  ]);
  expect(stderr.split('\n')[0]).toContain(`${code}--update oci:${next ?? ''}${said}`);
  expect([exitCode, stdout]).toEqual([2, '']);
});

test('a compressed disk is called one, with what decompresses it', async () => {
  await using folder = await temporaryFolder();
  const disk = join(folder.path, 'disk');
  await writeFile(disk, gzipSync(Buffer.concat([Buffer.alloc(510), Buffer.from([0x55, 0xaa])])));
  const { exitCode, stdout, stderr } = await twinproof(['boot', disk]);
  expect(stderr).toContain('unsupported: the disk cannot be started: it is compressed (gzip)');
  expect(stderr).toContain('gunzip --keep disk');
  expect([exitCode, stdout]).toEqual([2, '']);
});

test.each([
  ['an option for images alone', ['--platform', 'linux/amd64'], '--platform: a disk is of one platform'],
  [
    'a next release that nothing looks at',
    ['--update', 'oci:next', '--claim', 'boots'],
    '--update oci:next: none of these claims looks at an update',
  ],
])('%s is refused for a disk', async (_what, options, said) => {
  await using folder = await temporaryFolder();
  const disk = join(folder.path, 'disk');
  await writeFile(disk, Buffer.concat([Buffer.alloc(510), Buffer.from([0x55, 0xaa]), Buffer.alloc(512)]));
  const { exitCode, stdout, stderr } = await twinproof(['boot', disk, ...options]);
  expect(stderr.split('\n')[0]).toContain(`usage: ${said}`);
  expect([exitCode, stdout]).toEqual([2, '']);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '--json says so where nothing was decided before %s',
  async (signal) => {
    await using folder = await temporaryFolder();
    const disk = join(folder.path, 'disk');
    // Code for a BIOS that goes round in a circle.
    await writeFile(
      disk,
      Buffer.concat([Buffer.from([0xeb, 0xfe]), Buffer.alloc(508), Buffer.from([0x55, 0xaa])]),
    );
    const command = [join(ROOT, 'harness/cli/main.ts'), 'boot', disk, '--json', '--claim', 'boots'];
    const running = execa(process.execPath, command, { reject: false });
    running.stderr.once('data', () => running.kill(signal));
    const { exitCode, stdout } = await running;
    expect(JSON.parse(stdout)).toEqual({
      ...{ schema: 'twinproof/boot/v1', disk: null, results: [], interrupted: true },
    });
    expect(exitCode).toBe(130);
  },
);
