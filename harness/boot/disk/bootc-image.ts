import { TwinproofError } from '../../errors.ts';
import { readFiles } from '../../oci/layers/files.ts';
import type { OciImage } from '../../oci/types.ts';
import { initramfsPaths } from './initramfs.ts';
import { KARGS_FOLDER, bootcArguments } from './kargs.ts';

/** What bootc would do with an image beyond what ostree does, as far as it is done here when it is put on a disk. */
export interface BootcImage {
  /** For the kernel's command line, in order. */
  kernelArguments: string[];
}

/** What makes the root in an initramfs: of ostree, and of a composefs repository of bootc's own (`bootc`, `composefs-rs`). */
const OSTREE = /(?:^|\/)ostree-prepare-root$/;
const COMPOSEFS = /(?:^|\/)(?:bootc\/initramfs-setup|bootc-root-setup\.service|composefs-setup-root)$/;

/**
 * Looks into an image that bootc updates.
 * @param kernel of the kernel beside the modules
 * @throws TwinproofError `unsupported` when it cannot be installed as it wants to be: its root is not one of ostree's
 */
export async function lookAtBootc(image: OciImage, kernel: string): Promise<BootcImage> {
  const initramfs = `usr/lib/modules/${kernel}/initramfs.img`;
  const files = await readFiles(image, (path) => path === initramfs || KARGS_FOLDER.test(path), {
    fileBytes: 512 * 2 ** 20,
    totalBytes: 520 * 2 ** 20,
  });
  const reason = whyNotOstree(await initramfsPaths(Buffer.from(files.get(initramfs) ?? [])));
  if (reason !== null)
    throw new TwinproofError('unsupported', `the image cannot be put on a disk: ${reason}`, {
      hint: 'start the disk that bootc installed it on; see docs/boot.md',
    });
  files.delete(initramfs);
  return { kernelArguments: bootcArguments(files) };
}

/** Why an image with bootc is not started from a deployment of ostree's; null when it is. @param paths in its initramfs */
export function whyNotOstree(paths: Set<string> | null): string | null {
  if (paths === null) return 'how its initramfs finds its root is not known: that cannot be read here';
  const has = (pattern: RegExp): boolean => [...paths].some((path) => pattern.test(path));
  if (has(OSTREE) || !has(COMPOSEFS)) return null;
  return "its initramfs makes its root of bootc's composefs backend, and has no ostree-prepare-root";
}
