import { exactIfAll } from '../claim.ts';
import { wholeClaim } from '../whole.ts';
import type { Explainer, Spot } from '../types.ts';

const FIX =
  'find . | LC_ALL=C sort | cpio --reproducible -o -H newc, with times set by touch -h -d "@$SOURCE_DATE_EPOCH" (dracut --reproducible)';
const HEADER = /^(?:ino(?:de)?|dev(?:ice)?|dev_?(?:major|minor)|mtime|order|nlink|uid|gid|mode|rdev)$/i;

const isHeader = ({ format, kind, name }: Spot): boolean =>
  format.startsWith('cpio') &&
  (kind === 'field' || kind === 'order') &&
  (HEADER.test(name) || kind === 'order');

/** Inodes, devices, times or order in the cpio archive of an initramfs. */
export const initramfs: Explainer = {
  id: 'initramfs',
  explain(seen) {
    const { entry, spots } = seen;
    const named =
      /(?:^|\/)(?:initrd|initramfs)[^/]*$|(?:^|\/)(?:ucode|microcode)\.(?:img|cpio)$|\.cpio(?:\.\w+)?$/.test(
        entry.path,
      );
    const headers = spots.filter(isHeader);
    if (headers.length === 0 && !named) return null;
    if (headers.length === 0) {
      // Known by its name alone; what is in it could not be told.
      return entry.path.includes('initr')
        ? wholeClaim(seen, { confidence: 'likely', why: 'an initramfs', fix: FIX })
        : null;
    }
    const confidence = exactIfAll(headers, spots);
    return wholeClaim(seen, {
      confidence,
      why: 'headers of a cpio archive: inode, device, time or order',
      fix: FIX,
    });
  },
};
