import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { slotsListed } from './guest-slots.ts';

const FIXTURE = join(import.meta.dirname, '../../../fixtures/os/debian/sysupdate/transfers');
const transfers = readdirSync(FIXTURE).map((name): [string, string] => [
  `usr/lib/sysupdate.d/${name}`,
  readFileSync(join(FIXTURE, name), 'utf8'),
]);
const UPDATER: [string, string] = ['usr/lib/systemd/systemd-sysupdate', ''];
const ABOUT: [string, string] = ['usr/lib/os-release', 'ID=debian\nIMAGE_ID=os\nIMAGE_VERSION=1.0\n'];
const listing = (files: [string, string][]): string =>
  files.map(([path, text]) => `\u001e${path}\n${text}`).join('');

test('a system that runs tells how it updates itself as its image does', () => {
  const slots = slotsListed(listing([UPDATER, ABOUT, ...transfers]));
  expect(slots).toMatchObject({ updater: UPDATER[0] });
  expect(typeof slots === 'string' ? [] : [...slots.transfers.keys()].sort()).toEqual([
    'entry',
    'initrd',
    'kernel',
    'root',
  ]);
});

test.each<[string, [string, string][], string]>([
  ['without an updater', [ABOUT, ...transfers], 'it has no systemd-sysupdate'],
  ['without transfer files', [UPDATER, ABOUT], 'it has no transfer files'],
  ['without a version', [UPDATER, ['usr/lib/os-release', 'ID=debian\n'], ...transfers], 'no IMAGE_VERSION'],
  [
    'with what changes them',
    [UPDATER, ABOUT, ...transfers, ['etc/sysupdate.d/10-root.transfer.d/own.conf', '']],
    'changes what they say',
  ],
])('one %s says why nothing of its own does', (_what, files, reason) => {
  expect(slotsListed(listing(files))).toContain(reason);
});

test('what is no listing is no updater', () => {
  expect(slotsListed('no such folder\n')).toContain('it has no systemd-sysupdate');
});
