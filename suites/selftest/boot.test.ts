import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { temporaryFolder, twinproof } from './support.ts';

// Images that are operating systems: bundled.test.ts, and suites/thorough.

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
});
