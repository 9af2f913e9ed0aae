import type { CauseDefinition } from '../cause.ts';
import { CPIO, CPIO_INPUT } from '../fixes/archives.ts';
import { CLOCK } from '../fixes/clock.ts';
import { claimOf, exactIfAll } from '../claim.ts';
import { wholeClaim } from '../whole.ts';
import type { DifferenceSite } from '../types.ts';

const FIX =
  'find . | LC_ALL=C sort | cpio --reproducible -o -H newc, with times set by touch -h -d "@$SOURCE_DATE_EPOCH" (dracut --reproducible)';
const HEADER = /^(?:ino|r?dev(?:-major|-minor)?|mtime|order|nlink|uid|gid|mode)$/;

const isHeader = ({ format, kind, name }: DifferenceSite): boolean =>
  format.startsWith('cpio') &&
  (kind === 'field' || kind === 'order') &&
  (HEADER.test(name) || kind === 'order');

/** A file that a boot loader gives the kernel; other archives of cpio, as in an RPM, are packed by other tools. */
const NAMED = /(?:^|\/)(?:initrd|initramfs)[^/]*$|(?:^|\/)(?:ucode|microcode)\.(?:img|cpio)$/;

/** Nothing is known of what is in it. */
const isOpaque = ({ kind, part, format }: DifferenceSite): boolean =>
  kind === 'attribute' || (kind === 'bytes' && part === '') || format === 'unseen';

/** Inodes, devices, times or order in the cpio archive of an initramfs. */
export const initramfs: CauseDefinition = {
  id: 'initramfs',
  covers: 'cpio inode, device, time or order in an initramfs',
  fix: FIX,
  provenBy: ['clock', 'directory-order'],
  rewrites: [...CLOCK, CPIO, CPIO_INPUT],
  explain(seen) {
    const { entry, sites } = seen;
    if (!NAMED.test(entry.path)) return null;
    const headers = sites.filter(isHeader);
    // What differs in one of its files has a cause of its own, and goes on to differ however it is packed.
    if (headers.length === 0)
      return sites.every(isOpaque)
        ? wholeClaim(seen, {
            confidence: 'likely',
            why: 'an initramfs, of which nothing more is known',
            fix: FIX,
          })
        : null;
    const why = 'headers of a cpio archive: inode, device, time or order';
    const claim = claimOf(headers, exactIfAll(headers, sites), { why, fix: FIX });
    // One tool writes them all: the time among them needs no cause of its own.
    return claim === null ? null : { ...claim, whole: headers.length === sites.length };
  },
};
