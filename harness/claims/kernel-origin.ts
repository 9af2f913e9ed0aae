import { hash } from 'node:crypto';
import { lockedArch, stagedPath } from '../rebuild/inputs.ts';
import { lockFormatOfKind } from '../lock/format.ts';
import { whyUnverified } from '../lock/checksum.ts';
import { withoutZeroEpoch } from '../packages/compare-lock.ts';
import type { LockedInputs } from './types.ts';

/** What runs, by the image's package database, and what was loaded. */
export interface KernelPackage {
  name: string;
  version: string;
  /** `uname -r`. */
  release: string;
  /** sha256 (hex). */
  kernel: string;
}

/** Where the lock has the package of the kernel from. */
export interface KernelOrigin {
  url: string;
  repoid: string;
  version: string;
  /** Why the package is not known to be the one that was locked; null where its checksum proves it. */
  unverified: string | null;
  /** sha256 (hex) of the kernel in that very package; null for packages that are not looked into, as RPM's. */
  kernel: string | null;
}

/** The package of the kernel as the lock has it; null when it has none of that name. */
export async function kernelOrigin(
  { name, release }: Pick<KernelPackage, 'name' | 'release'>,
  { lock, architecture, folder }: LockedInputs,
): Promise<KernelOrigin | null> {
  const arch = lockedArch(lock, architecture);
  const found = arch?.packages.find((one) => one.name === name);
  if (arch === undefined || found === undefined) return null;
  const { url, repoid, evr: version } = found;
  const known = { url, repoid, version, unverified: whyUnverified(found) };
  const { kernelIn } = lockFormatOfKind(lock.kind);
  if (kernelIn === undefined) return { ...known, kernel: null };
  const file = stagedPath(folder, { kind: lock.kind, arch: arch.arch, file: found });
  return {
    ...known,
    kernel: hash('sha256', await kernelIn(file, release), 'hex'),
  };
}

/** In what the kernel is not the one that was locked; one line each. */
export function originFaults(running: KernelPackage, origin: KernelOrigin | null): string[] {
  const { name, version, kernel } = running;
  if (origin === null) return [`the lock has no ${name}`];
  return [
    ...(withoutZeroEpoch(origin.version) === withoutZeroEpoch(version)
      ? []
      : [`${name} has version ${version}, and in the lock ${origin.version}`]),
    ...(origin.kernel === null || origin.kernel === kernel
      ? []
      : [`what was loaded is not the kernel in ${origin.url}`]),
  ];
}
