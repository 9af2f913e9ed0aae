import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readTree } from '../../oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import { openImage } from '../../oci/open.ts';
import { scratch, writeLayout } from '../../testing/oci/image.ts';
import { tar, type TestEntry } from '../../testing/oci/tar/tar.ts';
import { nameRelease, slotsOf } from './slots.ts';

const FIXTURE = 'fixtures/os/debian/sysupdate/transfers';
const UPDATER: TestEntry = { name: 'usr/lib/systemd/systemd-sysupdate', content: 'a program' };
const TRANSFERS: TestEntry[] = readdirSync(FIXTURE).map((name) => ({
  name: `usr/lib/sysupdate.d/${name}`,
  content: readFileSync(`${FIXTURE}/${name}`, 'utf8'),
}));
const osRelease = (content: string): TestEntry => ({ name: 'usr/lib/os-release', content });
const VERSION = osRelease('ID=debian\nIMAGE_VERSION="41.2"\n');

async function namesOf(entries: TestEntry[]): Promise<string | Awaited<ReturnType<typeof nameRelease>>> {
  await using folder = await scratch();
  const image = await openImage(await writeLayout(folder.path, { layers: [tar(entries)] }));
  const slots = await slotsOf(image, await readTree(image, { limits: DEFAULT_LIMITS }));
  return typeof slots === 'string' ? slots : await nameRelease(image, slots);
}

test('parts of a release are called as transfer files and its version say', async () => {
  expect(await namesOf([UPDATER, ...TRANSFERS, VERSION])).toEqual({
    version: '41.2',
    installed: {
      root: 'os_41.2',
      kernel: '/os/os_41.2.vmlinuz',
      initrd: '/os/os_41.2.initrd',
      entry: '/loader/entries/os_41.2.conf',
    },
    served: {
      root: 'os_41.2.root',
      kernel: 'os_41.2.vmlinuz',
      initrd: 'os_41.2.initrd',
      entry: 'os_41.2.conf',
    },
  });
});

test.each<[string, TestEntry[], RegExp]>([
  ['without an updater', [...TRANSFERS, VERSION], /it has no systemd-sysupdate$/],
  ['without transfer files', [UPDATER, VERSION], /it has no transfer files$/],
  ['without a version', [UPDATER, ...TRANSFERS, osRelease('ID=x\n')], /no IMAGE_VERSION/],
  [
    'with a version that is no name',
    [UPDATER, ...TRANSFERS, osRelease("IMAGE_VERSION=1'; reboot; '\n")],
    /no IMAGE_VERSION/,
  ],
  [
    'with a version that no partition can be called by',
    [UPDATER, ...TRANSFERS, osRelease(`IMAGE_VERSION=${'1'.repeat(40)}\n`)],
    /a partition cannot be called os_1+$/,
  ],
  [
    'that changes its transfer files from elsewhere',
    [UPDATER, ...TRANSFERS, VERSION, { name: 'etc/sysupdate.d/10-root.transfer.d/a.conf', content: '' }],
    /10-root\.transfer\.d\/a\.conf changes what they say$/,
  ],
  [
    'with a part that is not made here',
    [
      UPDATER,
      ...TRANSFERS,
      VERSION,
      { name: 'usr/lib/sysupdate.d/50-more.transfer', content: '[Source]\nType=url-tar\n' },
    ],
    /50-more\.transfer takes url-tar, and no url-file$/,
  ],
])('an image %s is not updated, and says why', async (_what, entries, reason) => {
  expect(await namesOf(entries)).toMatch(reason);
});
