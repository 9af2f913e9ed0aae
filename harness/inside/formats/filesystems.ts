import { differingFields } from '../fields.ts';
import type { Format, FormatResult, Walk } from '../format.ts';
import { compareTable, type TableField } from '../table.ts';
import { extIdentity } from './ext.ts';

/** Identity fields of filesystems and partition tables; what else differs is shown as bytes. */
interface Table {
  name: string;
  magic: [offset: number, hex: string];
  fields: TableField[];
}

const TABLES: Table[] = [
  {
    // Documentation/filesystems/squashfs; fs/squashfs/squashfs_fs.h, struct squashfs_super_block
    name: 'squashfs',
    magic: [0, '68737173'],
    fields: [
      ['inodes', 4, 'u32'],
      ['mkfs-time', 8, 'time32'],
      ['block-size', 12, 'u32'],
      ['fragments', 16, 'u32'],
      ['compression', 20, 'u16'],
      ['flags', 24, 'u16'],
      ['ids', 26, 'u16'],
      ['root-inode', 32, 'u64'],
      ['bytes-used', 40, 'u64'],
    ],
  },
  {
    // Documentation/filesystems/ext4/super.rst; the superblock begins at 1024
    name: 'ext',
    magic: [0x438, '53ef'],
    fields: [
      ['inodes', 0x400, 'u32'],
      ['blocks', 0x404, 'u32'],
      ['free-blocks', 0x40c, 'u32'],
      ['free-inodes', 0x410, 'u32'],
      ['mount-time', 0x42c, 'time32'],
      ['write-time', 0x430, 'time32'],
      ['mount-count', 0x434, 'u16'],
      ['check-time', 0x440, 'time32'],
      ['uuid', 0x468, 'uuid'],
      ['label', 0x478, 'text', 16],
      ['last-mounted', 0x488, 'text', 64],
      ['journal-uuid', 0x4d0, 'uuid'],
      ['hash-seed', 0x4ec, 'uuid'],
      ['mkfs-time', 0x508, 'time32'],
      ['kilobytes-written', 0x578, 'u64'],
      ['checksum', 0x7fc, 'hex', 4],
    ],
  },
  {
    // fs/erofs/erofs_fs.h, struct erofs_super_block at 1024
    name: 'erofs',
    magic: [1024, 'e2e1f5e0'],
    fields: [
      ['checksum', 1028, 'hex', 4],
      ['inodes', 1040, 'u64'],
      ['build-time', 1048, 'time64'],
      ['build-time-nanoseconds', 1056, 'u32'],
      ['blocks', 1060, 'u32'],
      ['uuid', 1072, 'uuid'],
      ['label', 1088, 'text', 16],
    ],
  },
  {
    // UEFI specification, section 5.3; the first partition entries are at sector 2
    name: 'gpt',
    magic: [512, '4546492050415254'],
    fields: [
      ['mbr-signature', 440, 'hex', 4],
      ['header-checksum', 528, 'hex', 4],
      ['disk-guid', 568, 'guid'],
      ['partitions-checksum', 600, 'hex', 4],
      ...Array.from({ length: 8 }, (_, at): TableField => [
        `partition ${at + 1} guid`,
        1024 + at * 128 + 16,
        'guid',
      ]),
    ],
  },
  {
    // fs/xfs/libxfs/xfs_format.h, struct xfs_dsb; all metadata repeats the UUID
    name: 'xfs',
    magic: [0, '58465342'],
    fields: [
      ['uuid', 32, 'uuid'],
      ['label', 108, 'text', 12],
      ['checksum', 224, 'hex', 4],
      ['metadata-uuid', 248, 'uuid'],
    ],
  },
  {
    // fs/btrfs/accessors.h, struct btrfs_super_block at 64 KiB; all metadata repeats the UUIDs
    name: 'btrfs',
    magic: [0x10040, '5f42485266535f4d'],
    fields: [
      ['checksum', 0x10000, 'hex', 32],
      ['uuid', 0x10020, 'uuid'],
      ['device-uuid', 0x1010b, 'uuid'],
      ['label', 0x1012b, 'text', 256],
    ],
  },
  {
    // include/linux/swap.h, union swap_header, with pages of 4 KiB
    name: 'swap',
    magic: [4086, '53574150535041434532'],
    fields: [
      ['uuid', 1036, 'uuid'],
      ['label', 1052, 'text', 16],
    ],
  },
  {
    // ECMA-119, section 8.4: the primary volume descriptor at sector 16
    name: 'iso9660',
    magic: [32768, '014344303031'],
    fields: [
      ['volume-id', 32808, 'text', 32],
      ['root time', 32942, 'hex', 7],
      ['volume-set-id', 32958, 'text', 128],
      ['application', 33342, 'text', 128],
      ['creation time', 33581, 'text', 17],
      ['modification time', 33598, 'text', 17],
      ['expiration time', 33615, 'text', 17],
      ['effective time', 33632, 'text', 17],
    ],
  },
  {
    name: 'fat32',
    magic: [82, '4641543332202020'],
    fields: [
      ['volume-serial', 67, 'hex', 4],
      ['label', 71, 'text', 11],
    ],
  },
  {
    name: 'fat16',
    magic: [54, '4641543136202020'],
    fields: [
      ['volume-serial', 39, 'hex', 4],
      ['label', 43, 'text', 11],
    ],
  },
  {
    name: 'fat12',
    magic: [54, '4641543132202020'],
    fields: [
      ['volume-serial', 39, 'hex', 4],
      ['label', 43, 'text', 11],
    ],
  },
];

/** Inodes whose times are named; those of others differ in the same way. */
const MAX_TIMES = 20;

/** What follows from identity and times, such as checksums of metadata, is left out; what is left is shown as bytes. */
function compareExt([a, b]: [Buffer, Buffer], fields: TableField[], walk: Walk): FormatResult {
  const whole = compareTable(a, b, fields);
  walk.spend(2 * (a.length + b.length));
  const [one, other] = [extIdentity(a), extIdentity(b)];
  if (one === null || other === null) return whole;
  const { windows, differing } = compareTable(one.rest, other.rest, fields);
  return {
    fields: [...(whole.fields ?? []), ...differingFields(one.values, other.values).slice(0, MAX_TIMES)],
    ...(windows === undefined ? {} : { windows }),
    ...(differing === undefined ? {} : { differing }),
  };
}

function formatOf({ name, magic: [offset, hex], fields }: Table): Format {
  return {
    name,
    detects: (bytes) => bytes.toString('hex', offset, offset + hex.length / 2) === hex,
    compare: (a, b, walk): FormatResult =>
      name === 'ext' ? compareExt([a, b], fields, walk) : compareTable(a, b, fields),
  };
}

export const filesystems: readonly Format[] = TABLES.map(formatOf);
