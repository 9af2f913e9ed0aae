import { claimOf, exactIfAll } from '../claim.ts';
import type { Explainer, Spot } from '../types.ts';

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

const isIdentity = ({ format, kind, name }: Spot): boolean =>
  FORMATS.test(format) && kind === 'field' && IDENTITY.test(name);
const isInside = ({ format, part }: Spot): boolean =>
  FORMATS.test(format) || part.split(' > ').some((step) => FORMATS.test(step));

/** UUIDs, hash seeds and times of file systems, disks and partitions. */
export const filesystemIdentity: Explainer = {
  id: 'filesystem-identity',
  explain({ spots }) {
    const fields = spots.filter(isIdentity);
    const [first] = fields;
    if (first === undefined) return null;
    const fix =
      FIXES.find(([format]) => format.test(first.format))?.[1] ?? 'make the image with fixed UUIDs and times';
    const all = spots.filter((spot) => isIdentity(spot) || isInside(spot));
    const claim = claimOf(fields, exactIfAll(fields, spots), {
      why: 'the identity of a file system or disk',
      fix,
    });
    return claim === null ? null : { ...claim, spots: all };
  },
};
