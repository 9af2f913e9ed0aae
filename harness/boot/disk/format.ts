import { TwinproofError } from '../../errors.ts';

/** In what form a file holds a disk; recognised by what is in it, never by its name. */
export type DiskFormat = 'raw' | 'qcow2';

/** Bytes of a file's beginning that tell. */
export const HEAD = 4096;

/** Forms of disks that are not read. Source: QEMU 7.2, block/vmdk.c, vdi.c, vhdx.c, vpc.c, qcow.c, luks.c. */
const OTHERS: readonly (readonly [name: string, at: number, magic: string])[] = [
  ['VMDK', 0, 'KDMV'],
  ['VMDK', 0, 'COWD'],
  ['VMDK', 0, '# Disk DescriptorFile'],
  ['VDI', 0x40, '\x7f\x10\xda\xbe'],
  ['VHDX', 0, 'vhdxfile'],
  ['VHD', 0, 'conectix'],
  ['LUKS', 0, 'LUKS\xba\xbe'],
];
const QCOW = 'QFI\xfb';
/** What begins like this is an archive, and may by chance have what marks a raw disk. */
const ARCHIVES: readonly (readonly [at: number, magic: string])[] = [
  [0, '\x1f\x8b'],
  [0, '\x28\xb5\x2f\xfd'],
  [0, '\xfd7zXZ'],
  [0, 'BZh'],
  [257, 'ustar'],
];

/** Whether a file is a disk, of whatever form, and not for example an archive. @param head its first `HEAD` bytes */
export function isDisk(head: Buffer): boolean {
  const text = head.toString('latin1');
  if (text.startsWith(QCOW) || OTHERS.some(([, at, magic]) => text.startsWith(magic, at))) return true;
  return !isArchive(head) && isRaw(text);
}

/** Whether it is an archive, compressed or not, whatever may mark a disk in it. */
export function isArchive(head: Buffer): boolean {
  const text = head.toString('latin1');
  return ARCHIVES.some(([at, magic]) => text.startsWith(magic, at));
}

/**
 * The form of a disk, and how large the disk in it is.
 * @param head the file's first `HEAD` bytes
 * @param size bytes of the file
 * @throws TwinproofError `unsupported` for what is no disk, or refers to other files, or is encrypted
 */
export function probeDisk(head: Buffer, size: number): { format: DiskFormat; bytes: number } {
  const text = head.toString('latin1');
  if (text.startsWith(QCOW)) return { format: 'qcow2', bytes: qcow2Size(head) };
  const other = OTHERS.find(([, at, magic]) => text.startsWith(magic, at));
  if (other !== undefined) throw unsupportedDisk(`it is ${other[0]}; qcow2 and raw are read`);
  if (!isDisk(head))
    throw unsupportedDisk('it is neither qcow2 nor a disk with a boot sector or an ext file system');
  return { format: 'raw', bytes: size };
}

/** A boot sector's last two bytes, or the number of an ext file system without partitions. */
const isRaw = (text: string): boolean =>
  text.startsWith('\x55\xaa', 510) || text.startsWith('\x53\xef', 1024 + 56);

/** Fields of the header, and bits of its incompatible features. Source: QEMU 7.2, docs/interop/qcow2.txt, "Header". */
const QCOW2 = { version: 4, backing: 8, size: 24, encryption: 32, features: 72 } as const;
/** Not closed in order; another compression than zlib; clusters that have parts. */
const DIRTY = 0b1n;
const CORRUPT = 0b10n;
const COMPRESSION = 0b1000n;
const SUBCLUSTERS = 0b10000n;
const EXTERNAL = 0b100n;

function qcow2Size(head: Buffer): number {
  if (head.length < 104) throw unsupportedDisk('its qcow2 header is cut off');
  const version = head.readUInt32BE(QCOW2.version);
  if (version !== 2 && version !== 3)
    throw unsupportedDisk(`it is qcow of version ${version}; 2 and 3 are read`);
  // Both would let the image name any file of this machine.
  if (head.readBigUInt64BE(QCOW2.backing) !== 0n) throw unsupportedDisk('it has a backing file');
  const features = version === 3 ? head.readBigUInt64BE(QCOW2.features) : 0n;
  if ((features & EXTERNAL) !== 0n) throw unsupportedDisk('its data is in another file');
  if ((features & CORRUPT) !== 0n) throw unsupportedDisk('it is marked as corrupt');
  const unknown = features & ~(DIRTY | COMPRESSION | SUBCLUSTERS);
  if (unknown !== 0n) throw unsupportedDisk(`its qcow2 features ${unknown.toString(2)} are not known`);
  if (head.readUInt32BE(QCOW2.encryption) !== 0) throw unsupportedDisk('it is encrypted');
  const size = head.readBigUInt64BE(QCOW2.size);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw unsupportedDisk('its size is none');
  return Number(size);
}

/** @param where its path, where that is known */
export const unsupportedDisk = (reason: string, where?: string): TwinproofError =>
  new TwinproofError('unsupported', `the disk cannot be started: ${reason}`, {
    ...(where === undefined ? {} : { where }),
    hint: 'docs/boot-disks.md says which disks can',
  });
