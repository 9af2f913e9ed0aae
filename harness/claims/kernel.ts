import { type ImageKernel, kernelFaults, kernelPackage } from '../boot/guest/kernel.ts';
import type { Source } from '../boot/system/under-test.ts';
import { TwinproofError } from '../errors.ts';
import { readFiles } from '../oci/layers/files.ts';
import { isPackageDatabasePath, parsePackageDatabases } from '../packages/databases.ts';
import { belongsToDatabase } from '../packages/registry.ts';
import type { PackageDatabase } from '../packages/types.ts';
import { type KernelOrigin, type KernelPackage, kernelOrigin, originFaults } from './kernel-origin.ts';
import { freshSystem, imageOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';
import { firstWords } from '../boot/guest/words.ts';

/**
 * The kernel that runs is the image's file, byte for byte, and of the version that its package has; where there is a lock, that
 * package is the one that was locked, and the file is in it.
 */
export const kernel: SystemClaim = {
  id: 'kernel',
  scenario: 'start',
  statement: "runs the kernel of the image's own package",
  passes:
    "what the machine was given are the image's kernel and initramfs, byte for byte; the running kernel has the name and version of the image's package (Debian: `linux-image-…` and the version in `uname -v`; RPM: `kernel-core` or `kernel`, or a variant's, as `kernel-rt-core`); in `verify`, with a lock, that package is in the lock in that version, and of a .deb, the kernel is the very file that is in it (the origin that it came from is reported)",
  check,
};

async function check(context: SystemContext): Promise<Finding> {
  const source = await imageOf(context);
  const under = await freshSystem(context);
  const [release = '', version = ''] = (await under.guest.read('uname -r; uname -v')).split('\n');
  const running = {
    release: release.slice(0, 200),
    version: version.slice(0, 200),
    ...(await under.system.loaded()),
  };
  const image = await imageKernel(source);
  needDatabase(image.databases, source.tree.files.keys());
  const found = kernelPackage(running, image.databases);
  const { origin, faults: others } = await checkOrigin(context, { ...running, ...found });
  const faults = [...kernelFaults(running, image), ...others];
  const detail = {
    ...running,
    package: found === null ? null : { name: found.name, version: found.version },
    origin: origin === null ? null : { ...origin },
    faults,
  };
  if (faults.length > 0)
    return { verdict: 'fail', summary: firstWords(faults.join('; '), 400), detail, evidence: [] };
  const known = origin?.unverified ?? 'as locked';
  const from = origin === null ? '' : `, from ${origin.repoid}, ${known}`;
  return {
    verdict: 'pass',
    summary: `${found?.name ?? ''} ${found?.version ?? ''}${from}`,
    detail,
    evidence: [],
  };
}

/**
 * That a database is broken or does not know the kernel is a fault of the image; that nobody here can read it is not.
 * @param paths of the image
 * @throws TwinproofError `unsupported` when there is none, whole or not, that could be read
 */
export function needDatabase(databases: PackageDatabase[], paths: Iterable<string>): void {
  if (databases.length > 0 || [...paths].some((path) => belongsToDatabase(path))) return;
  throw new TwinproofError(
    'unsupported',
    'the image has no package database (dpkg, rpm or apk) to look the kernel up in',
  );
}

/** Where the kernel's package comes from; nothing is known of an image that was not built here, or without a lock. */
async function checkOrigin(
  { locked }: SystemContext,
  { name, ...running }: Omit<KernelPackage, 'name'> & { name?: string },
): Promise<{ origin: KernelOrigin | null; faults: string[] }> {
  if (locked === null || name === undefined) return { origin: null, faults: [] };
  const kernel = { ...running, name };
  const origin = await kernelOrigin(kernel, locked);
  return { origin, faults: originFaults(kernel, origin) };
}

async function imageKernel({ image, tree, os }: Source): Promise<ImageKernel> {
  const digest = (name: string): string => {
    const file = tree.files.get(`usr/lib/modules/${os.kernel}/${name}`);
    return Buffer.from(file?.inode.content ?? '', 'latin1').toString('hex');
  };
  const databases = parsePackageDatabases(await readFiles(image, isPackageDatabasePath));
  return { release: os.kernel, kernel: digest('vmlinuz'), initramfs: digest('initramfs.img'), databases };
}
