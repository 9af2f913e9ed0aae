import type { InstalledPackage, PackageDatabase, PackageFormat } from '../../packages/types.ts';

/** What a running kernel says of itself, and what was loaded. */
export interface RunningKernel {
  /** `uname -r`. */
  release: string;
  /** `uname -v`; Debian puts the version of the package into it. */
  version: string;
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
  { release, version }: RunningKernel,
  databases: PackageDatabase[],
): { name: string; version: string; same: boolean } | null {
  for (const { format, packages } of databases) {
    for (const found of packages.filter(({ name }) => isKernel(format, name, release))) {
      const { name } = found;
      const same =
        format === 'dpkg'
          ? version.split(/[\s()]+/).includes(found.version)
          : withoutVariant(release) === releaseOf(format, found);
      // Several kernels of an RPM system have one name.
      if (format === 'dpkg' || same) return { name, version: found.version, same };
    }
  }
  return null;
}

/** Whether a package of that name may hold the kernel that calls itself `release`. */
function isKernel(format: PackageFormat, name: string, release: string): boolean {
  if (format === 'dpkg') return name === `linux-image-${release}`;
  if (format === 'apk') return name === `linux-${release.split('-').at(-1) ?? ''}`;
  return /^kernel(?:(?:-[a-z0-9]+)?-core)?$/.test(name);
}

/** Kernels of RPM systems that are made for something, as `kernel-rt-core` is, say so at the end. */
const withoutVariant = (release: string): string => release.replace(/\+\w+$/, '');

/** What the kernel of a package calls itself, but for its variant: `VERSION-RELEASE.ARCH`; Alpine's `6.6.58-r0` is `6.6.58-0-lts`. */
const releaseOf = (format: PackageFormat, { name, version, architecture }: InstalledPackage): string =>
  format === 'apk'
    ? `${version.replace(/-r(\d+)$/, '-$1')}-${name.replace('linux-', '')}`
    : `${version.replace(/^\d+:/, '')}.${architecture}`;

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
