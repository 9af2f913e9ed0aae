import { describe, expect, it } from 'vitest';
import { explainEntry } from './explain-entry.ts';
import { certainCauses } from './group.ts';
import { NOTHING_KNOWN } from './explain.ts';
import type { EntryDiff } from '../compare/types.ts';
import { inside, insideEntry, textEntry, reported } from '../testing/explain/entry.ts';

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
  expect(reported(entry)).toEqual(expected);
});

describe('what an image says is no statement of ours', () => {
  it('the name of a member does not make a cause an alternative', () => {
    const member = inside('zip-entry', {
      part: 'less likely: x',
      fields: [{ field: 'mtime', offset: 10, a: '2026-01-01 00:00:00', b: '2026-01-01 00:00:02' }],
    });
    const causes = explainEntry(
      insideEntry('srv/x.zip', inside('zip', { children: [member] })),
      NOTHING_KNOWN,
    );
    expect(certainCauses(causes)).toEqual(['timestamp-content']);
  });

  it('alternatives are marked, and are not among the certain ones', () => {
    const entry = textEntry('etc/x', 'built on 0123456789ab\n', 'built on ba9876543210\n');
    const causes = explainEntry(entry, NOTHING_KNOWN);
    expect(causes.map(({ id, alternative }) => [id, alternative])).toEqual([
      ['hostname', undefined],
      ['randomness', true],
    ]);
    expect(certainCauses(causes)).toEqual(['hostname']);
  });

  it.each([
    ['var/log/a b;reboot.log', "rm -f '/var/log/a b;reboot.log'"],
    ["var/cache/it's", String.raw`rm -rf '/var/cache/it'\''s'`],
  ])('a line to paste holds %s as one word', (path, line) => {
    const [cause] = explainEntry(textEntry(path, 'a\n', 'b\n'), NOTHING_KNOWN);
    expect(cause?.fix).toBe(line);
  });
});

it.each([
  ['etc/hostname', 'hostname'],
  ['etc/hosts', 'hostname'],
  ['etc/resolv.conf', 'environment'],
  ['etc/mtab', 'environment'],
  ['etc/timezone', 'timezone'],
  ['etc/localtime', 'timezone'],
  ['etc/locale.conf', 'locale'],
  ['etc/machine-info', 'identity-file'],
])('%s is known by its name: %s', (path, id) => {
  expect(reported(textEntry(path, 'one\n', 'two\n'))).toEqual([`${id} likely`]);
});
