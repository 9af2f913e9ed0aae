import { type ImageKernel, kernelFaults, kernelPackage } from '../boot/guest/kernel.ts';
import type { Source } from '../boot/system/under-test.ts';
import { readFiles } from '../oci/layers/files.ts';
import { isPackageDatabasePath, parsePackageDatabases } from '../packages/databases.ts';
import { freshSystem, imageOf } from './system.ts';
import type { Finding, SystemClaim, SystemContext } from './types.ts';

/** The kernel that runs is the image's file, byte for byte, and of the version that its package has. */
export const kernel: SystemClaim = {
  id: 'kernel',
  statement: "runs the kernel of the image's own package",
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
  const faults = kernelFaults(running, image);
  const found = kernelPackage(running, image.databases);
  const detail = {
    ...running,
    package: found === null ? null : { name: found.name, version: found.version },
    faults,
  };
  if (faults.length > 0)
    return { verdict: 'fail', summary: faults.join('; ').slice(0, 400), detail, evidence: [] };
  return { verdict: 'pass', summary: `${found?.name ?? ''} ${found?.version ?? ''}`, detail, evidence: [] };
}

async function imageKernel({ image, tree, os }: Source): Promise<ImageKernel> {
  const digest = (name: string): string => {
    const file = tree.files.get(`usr/lib/modules/${os.kernel}/${name}`);
    return Buffer.from(file?.inode.content ?? '', 'latin1').toString('hex');
  };
  const databases = parsePackageDatabases(await readFiles(image, isPackageDatabasePath));
  return { release: os.kernel, kernel: digest('vmlinuz'), initramfs: digest('initramfs.img'), databases };
}
