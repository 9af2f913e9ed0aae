import type { MergedTree } from '../../oci/layers/tree.ts';
import type { JsonObject } from '../../oci/types.ts';
import { TwinproofError } from '../../errors.ts';

/** How a system is installed and updated: a tree of ostree's, or one of two slots that the boot loader chooses between. */
export type FamilyId = 'ostree' | 'ab';

/** What an image brings along that makes it an operating system which can be put on a disk. */
export interface OperatingSystem {
  family: FamilyId;
  /** Of the kernel beside the modules, e.g. `6.1.0-56-cloud-amd64`. */
  kernel: string;
  /** Of systemd as its own library says, e.g. `252`; null where no name says it. */
  systemd: string | null;
  /** bootc updates it, whatever it is installed with: it has that program, or says so by its label. */
  bootc: boolean;
  /** The boot loader that is put on the disk with it; null where it brings none that can be. */
  loader: 'grub' | 'systemd-boot' | null;
}

/** The boot loader that looks for entries with a counter, and what tells it that a start went well. */
const COUNTING = ['usr/lib/systemd/boot/efi/systemd-bootx64.efi', 'usr/lib/systemd/systemd-bless-boot'];

/** GRUB for UEFI with what reads the menu that ostree writes, and what it takes to put it on a partition of its own. */
const GRUB = 'usr/lib/grub/x86_64-efi/syslinuxcfg.mod';
const FOR_GRUB = ['grub-mkimage', 'sfdisk', 'mkfs.vfat', 'mcopy'];

/** Programs that put the image on a disk; all of them run inside a container of the image. */
const NEEDED = {
  ostree: ['ostree', 'mke2fs', 'debugfs', 'sh', 'find'],
  ab: ['mksquashfs', 'sfdisk', 'mkfs.vfat', 'mcopy', 'mke2fs', 'tar', 'sh', 'find', 'sed'],
} as const;

const BOOTC = ['usr/bin/bootc', 'usr/sbin/bootc'];

/** Of the systems that are put on a disk here, and of the machines for them. */
export const MACHINE_ARCHITECTURE = 'amd64';

/**
 * Looks at the files of an image. What has ostree is of that family, whichever boot loader it brings.
 * @param config the image's config
 * @throws TwinproofError `unsupported` with what is missing
 */
export function operatingSystemOf({ files }: MergedTree, config: JsonObject): OperatingSystem {
  const { architecture } = config;
  if (architecture !== MACHINE_ARCHITECTURE)
    throw unsupported(
      `it is for ${shown(architecture)}, and the machines here are ${MACHINE_ARCHITECTURE} ones`,
    );
  const kernels = [...files.keys()].flatMap(
    (path) => /^usr\/lib\/modules\/([^/]+)\/vmlinuz$/.exec(path)?.[1] ?? [],
  );
  const [kernel] = kernels;
  if (kernel === undefined) throw unsupported('it has no kernel in /usr/lib/modules');
  if (kernels.length > 1) throw unsupported(`it has ${kernels.length} kernels`);
  if (!files.has(`usr/lib/modules/${kernel}/initramfs.img`)) throw unsupported('its kernel has no initramfs');
  const has = (name: string): boolean => ['bin', 'sbin'].some((folder) => files.has(`usr/${folder}/${name}`));
  const counting = COUNTING.every((path) => files.has(path));
  const family = counting && !has('ostree') ? 'ab' : 'ostree';
  const missing = NEEDED[family].filter((name) => !has(name));
  if (missing.length > 0) throw unsupported(`it has no ${missing.join(', no ')}, which would install it`);
  const library = [...files.keys()].flatMap(
    (path) => /\/libsystemd-shared-(\d+)[^/]*\.so$/.exec(path)?.[1] ?? [],
  );
  const grub = files.has(GRUB) && FOR_GRUB.every(has) ? 'grub' : null;
  return {
    ...{ family, kernel, systemd: library[0] ?? null, bootc: isBootc({ files }, config) },
    loader: family === 'ab' ? 'systemd-boot' : grub,
  };
}

/** Whether bootc updates it. */
export const isBootc = ({ files }: Pick<MergedTree, 'files'>, config: JsonObject): boolean =>
  BOOTC.some((path) => files.has(path)) || isLabelled(config);

/** Source: bootc, "bootc compatible images": the label `containers.bootc`. */
function isLabelled({ config }: JsonObject): boolean {
  const labels = isObject(config) ? config.Labels : undefined;
  return isObject(labels) && 'containers.bootc' in labels;
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

const shown = (architecture: unknown): string =>
  typeof architecture === 'string' ? architecture.slice(0, 20) : 'an unknown architecture';

const unsupported = (reason: string): TwinproofError =>
  new TwinproofError('unsupported', `the image cannot be put on a disk: ${reason}`, {
    hint: 'docs/boot.md says which images can',
  });
