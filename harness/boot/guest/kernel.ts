import type { Running } from '../../packages/ecosystem.ts';
import { ECOSYSTEMS, type Ecosystems } from '../../packages/registry.ts';
import type { PackageDatabase } from '../../packages/types.ts';

/** What a running kernel says of itself, and what was loaded. */
export interface RunningKernel extends Running {
  /** sha256 (hex) of kernel and initramfs as they were given to the machine. */
  kernel: string;
  initramfs: string;
}

/** The same of an image. */
export interface ImageKernel {
  release: string;
  kernel: string;
  initramfs: string;
  databases: PackageDatabase[];
}

/** The package that a kernel comes from: its name and version, and whether the running kernel is of that version. */
export function kernelPackage(
  running: RunningKernel,
  databases: PackageDatabase[],
  ecosystems: Ecosystems = ECOSYSTEMS,
): { name: string; version: string; same: boolean } | null {
  for (const { format, packages } of databases) {
    for (const found of packages) {
      const same = ecosystems.find(format)?.kernel?.(found, running) ?? null;
      if (same !== null) return { name: found.name, version: found.version, same };
    }
  }
  return null;
}

/** In what the kernel that runs is not the image's; one line each. */
export function kernelFaults(running: RunningKernel, image: ImageKernel): string[] {
  const found = kernelPackage(running, image.databases);
  return [
    ...(running.kernel === image.kernel ? [] : ["what was loaded is not the image's kernel"]),
    ...(running.initramfs === image.initramfs ? [] : ["what was loaded is not the image's initramfs"]),
    ...(running.release === image.release
      ? []
      : [`it says that it is ${running.release}, not ${image.release}`]),
    ...(found === null ? [`no package of the image is the kernel ${running.release}`] : []),
    ...(found?.same === false
      ? [`it is ${running.version}, and ${found.name} has version ${found.version}`]
      : []),
  ];
}
