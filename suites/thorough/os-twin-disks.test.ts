import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDisk } from '../../harness/boot/disk/make-disk.ts';
import { operatingSystemOf } from '../../harness/boot/disk/operating-system.ts';
import { ADDED } from '../../harness/boot/system/starter.ts';
import { currentOwner } from '../../harness/engine/owner.ts';
import { connectEngine } from '../../harness/engine/runtime.ts';
import { makeScratch, removeScratch } from '../../harness/engine/scratch.ts';
import { readTree } from '../../harness/oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../harness/oci/limits.ts';
import { openImage } from '../../harness/oci/open.ts';
import { derivedImage } from '../selftest/os-images.ts';
import { verifySystem } from '../selftest/os-runs.ts';

const owner = currentOwner('os-twin-disks');
let scratch = '';
beforeAll(async () => {
  scratch = await makeScratch(owner, 'os-twin-disks');
});
afterAll(async () => {
  await removeScratch(scratch);
});

/** Puts an image on a disk, with nothing that it could be updated to. */
async function diskOf(layout: string, name: string): Promise<string> {
  const image = await openImage(`oci:${layout}`);
  try {
    const tree = await readTree(image, { limits: DEFAULT_LIMITS });
    const os = operatingSystemOf(tree, image.config.json.architecture);
    const { disk } = await makeDisk(await connectEngine(), owner, {
      ...{ os, image, releases: new Map(), commandLine: ADDED },
      folder: join(scratch, name),
    });
    return disk;
  } finally {
    await image.close();
  }
}

const areEqual = async (a: string, b: string): Promise<boolean> =>
  (await execa('cmp', ['--silent', a, b], { reject: false })).exitCode === 0;

test.each([
  ['two slots', 'ab', process.env.TWINPROOF_SLOTS_IMAGE],
  ['an ostree deployment', 'default', process.env.TWINPROOF_OS_IMAGE],
] as const)(
  'disks with %s have the same bytes when they are made twice from one image, and only then',
  async (_what, variant, there) => {
    const layout = there ?? (await verifySystem(scratch, ['reproducible'], variant)).layout;
    const first = await diskOf(layout, `${variant}-first`);
    expect(await areEqual(first, await diskOf(layout, `${variant}-second`))).toBe(true);
    const other = await derivedImage(layout, join(scratch, `${variant}-other`), {
      'usr/share/other': 'other\n',
    });
    expect(await areEqual(first, await diskOf(other, `${variant}-third`))).toBe(false);
  },
  1_800_000,
);
