import { expect, it } from 'vitest';
import type { EntryDiff } from '../compare/types.ts';
import { inside, insideEntry, textEntry, told } from './test-entry.ts';

/** A cause is exact only where it accounts for all that differs in a file, and all of the file was looked at. */
const CASES: [string, EntryDiff, string[]][] = [
  [
    'shadow, and no line feed at the end',
    textEntry('etc/shadow', 'a:!:20000:0:99999:7:::\n', 'a:!:20001:0:99999:7:::'),
    ['shadow-date likely', 'unknown likely'],
  ],
  [
    'no line feed at the end on either side',
    textEntry('etc/shadow', 'a:!:20000:0:99999:7:::', 'a:!:20001:0:99999:7:::'),
    ['shadow-date exact'],
  ],
  [
    'an archive of which not all was looked at',
    insideEntry(
      'srv/x.tar',
      inside('tar', { limits: ['count'], fields: [{ field: 'order', offset: null, a: 'b', b: 'a' }] }),
    ),
    ['entry-order likely', 'unknown likely'],
  ],
  [
    'an archive without blocks of zeros at the end',
    insideEntry(
      'srv/x.tar',
      inside('tar', { fields: [{ field: 'trailer', offset: null, a: '1024 bytes', b: '0 bytes' }] }),
    ),
    ['archive-format exact'],
  ],
  [
    'a file in an initramfs',
    insideEntry(
      'boot/initrd.img',
      inside('gzip', {
        children: [
          inside('cpio', {
            children: [inside('text', { part: 'etc/built', diff: '@@ -1 +1 @@\n-one\n+two\n' })],
          }),
        ],
      }),
    ),
    ['unknown likely'],
  ],
  [
    'the archive in an RPM',
    insideEntry(
      'srv/x.rpm',
      inside('rpm', {
        children: [
          inside('cpio', { part: 'payload', fields: [{ field: 'ino', offset: 6, a: '12', b: '13' }] }),
        ],
      }),
    ),
    ['unknown likely'],
  ],
];

it.each(CASES)('%s', (_, entry, expected) => {
  expect(told(entry)).toEqual(expected);
});
