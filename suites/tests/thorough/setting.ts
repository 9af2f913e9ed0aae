import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { makeDisk } from '../../../harness/boot/disk/make-disk.ts';
import { operatingSystemOf } from '../../../harness/boot/disk/operating-system.ts';
import { slotsOf } from '../../../harness/boot/disk/slots.ts';
import { namesOf } from '../../../harness/boot/system/under-test.ts';
import { ADDED } from '../../../harness/boot/system/boot-method.ts';
import { currentOwner } from '../../../harness/engine/owner.ts';
import { connectEngine } from '../../../harness/engine/connect.ts';
import { makeScratch, removeScratch } from '../../../harness/engine/scratch.ts';
import { readTree } from '../../../harness/oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../../harness/oci/limits.ts';
import { openImage } from '../../../harness/oci/open.ts';
import { type Variant, verifySystem } from '../selftest/os-runs.ts';

/** Building an image takes long, and each test by itself does not: layouts that are there already. */
const THERE = {
  default: process.env.TWINPROOF_OS_IMAGE,
  ab: process.env.TWINPROOF_SLOTS_IMAGE,
  sysupdate: process.env.TWINPROOF_SYSUPDATE_IMAGE,
};

/** What the tests of a file share; there once they run. */
interface Setting {
  /** A folder on the file system that holds scratch space. */
  scratch: string;
  /** Layout of a bundled system in which nothing is broken. */
  good: string;
}

/** Has each file of tests make itself room and a bundled system. */
export function setting(name: string, variant: Variant): Setting {
  const owner = currentOwner(name);
  const made: Setting = { scratch: '', good: '' };
  beforeAll(async () => {
    made.scratch = await makeScratch(owner, name);
    made.good = THERE[variant] ?? (await verifySystem(made.scratch, ['reproducible'], variant)).layout;
  }, 1_800_000);
  afterAll(async () => {
    await removeScratch(made.scratch);
  });
  return made;
}

/** Puts an image on a disk that is never started, with nothing that it could be updated to. */
export async function diskOf(layout: string, to: string): Promise<string> {
  const owner = currentOwner('disk-of');
  const image = await openImage(`oci:${layout}`);
  const folder = await makeScratch(owner, 'disk-of');
  try {
    const tree = await readTree(image, { limits: DEFAULT_LIMITS });
    const os = operatingSystemOf(tree, image.config.json);
    const slots = os.family === 'ab' ? await slotsOf(image, tree) : null;
    const { disk } = await makeDisk(await connectEngine(), owner, {
      ...{ os, image, releases: new Map(), commandLine: ADDED, folder: join(folder, 'work') },
      named: slots === null || typeof slots === 'string' ? null : await namesOf(image, new Map(), slots),
    });
    await link(disk, to);
    return to;
  } finally {
    await image.close();
    await removeScratch(folder);
  }
}
