import type { CauseDefinition } from '../cause.ts';
import { EPOCH } from '../fixes/clock.ts';
import { MKE2FS } from '../fixes/filesystems.ts';
import { claimOf, exactIfAll } from '../claim.ts';
import type { DifferenceSite } from '../types.ts';

const FORMATS = /^(?:ext[234]?|squashfs|erofs|fat|vfat|btrfs|xfs|gpt|mbr|iso9660|swap|luks|verity)/i;
const FIXES: readonly [RegExp, string][] = [
  [
    /^ext/i,
    'mke2fs -U UUID -E hash_seed=UUID with SOURCE_DATE_EPOCH (e2fsprogs 1.47.1 or later; before: faketime)',
  ],
  [/^squashfs/i, 'mksquashfs -mkfs-time "$SOURCE_DATE_EPOCH" -all-time "$SOURCE_DATE_EPOCH"'],
  [/^erofs/i, 'mkfs.erofs -U UUID -T "$SOURCE_DATE_EPOCH"'],
  [/^v?fat/i, 'mkfs.fat -i VOLUME-ID --invariant'],
];
const IDENTITY = /uuid|guid|seed|serial|volume[ -_]?id|time|created|label|checksum|crc|mkfs|salt/i;

const isIdentity = ({ format, kind, name }: DifferenceSite): boolean =>
  FORMATS.test(format) && kind === 'field' && IDENTITY.test(name);
/** In the metadata of a file system: its times are those of the image as a whole. */
export const isInside = ({ format, part }: DifferenceSite): boolean =>
  FORMATS.test(format) || part.split(' > ').some((step) => FORMATS.test(step));

/** Superblocks that were not taken apart: squashfs at 0, ext2 to ext4 at 1024 (its magic at 1080). */
function isSuperblock({ kind, place, part, a, b }: DifferenceSite): boolean {
  const at = Number(/^bytes at (\d+)$/.exec(place)?.[1] ?? NaN);
  if (kind !== 'bytes' || part !== '') return false;
  if (at === 0) return a.startsWith('68737173') && b.startsWith('68737173');
  const magic = (hex: string): boolean =>
    at <= 1080 && hex.slice((1080 - at) * 2, (1082 - at) * 2) === '53ef';
  return magic(a) && magic(b);
}

/** UUIDs, hash seeds and times of file systems, disks and partitions. */
export const filesystemIdentity: CauseDefinition = {
  id: 'filesystem-identity',
  covers: 'UUIDs, hash seeds and creation times of disks, partitions and filesystem images',
  fix: 'fixed UUIDs and hash seeds, and times from SOURCE_DATE_EPOCH: mke2fs -U … -E hash_seed=…, mksquashfs -mkfs-time …',
  provenBy: ['clock'],
  rewrites: [EPOCH, MKE2FS],
  explain({ sites }) {
    const fields = sites.filter(isIdentity);
    const [first] = fields;
    if (first === undefined) {
      const [block] = sites.filter(isSuperblock);
      if (block === undefined) return null;
      const format = block.place === 'bytes at 0' ? 'squashfs' : 'ext4';
      const line = FIXES.find(([known]) => known.test(format))?.[1] ?? '';
      return claimOf([block], 'likely', { why: `the superblock of ${format}`, fix: line });
    }
    const fix =
      FIXES.find(([format]) => format.test(first.format))?.[1] ?? 'make the image with fixed UUIDs and times';
    // What else differs in it may be the content of its files.
    const why = 'the identity of a file system or disk';
    return claimOf(fields, exactIfAll(fields, sites), { why, fix });
  },
};
