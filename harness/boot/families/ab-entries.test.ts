import { expect, test } from 'vitest';
import { slotDeployments } from './ab-entries.ts';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;
const options = (slot: string, image: string): string =>
  `root=PARTLABEL=root-${slot} rootfstype=squashfs ro image=${image} console=ttyS0`;
const entry = (name: string, slot: string, { image, version }: { image: string; version: number }): string =>
  `\u001e${name}\ntitle Debian (slot ${slot})\nsort-key os\nversion ${version}\nlinux /${slot}/vmlinuz\ninitrd /${slot}/initrd\noptions ${options(slot, image)}\n`;

const old = entry('os-a.conf', 'a', { image: A, version: 1 });

test('a release in the other slot is staged until it was started', () => {
  const listing = old + entry('os-b+3.conf', 'b', { image: B, version: 2 });
  expect(slotDeployments(listing, options('a', A))).toEqual([
    { name: 'os-b+3.conf', image: B, booted: false, staged: true },
    { name: 'os-a.conf', image: A, booted: true, staged: false },
  ]);
  const tried = old + entry('os-b+2-1.conf', 'b', { image: B, version: 2 });
  expect(slotDeployments(tried, options('b', B)).map(({ booted, staged }) => [booted, staged])).toEqual([
    [true, false],
    [false, false],
  ]);
});

test('one that was given up is offered last', () => {
  const listing = old + entry('os-b+0-3.conf', 'b', { image: B, version: 2 });
  expect(slotDeployments(listing, options('a', A)).map(({ name }) => name)).toEqual([
    'os-a.conf',
    'os-b+0-3.conf',
  ]);
});

test('what names no image says so; what is no listing has nothing', () => {
  expect(slotDeployments(entry('os-a.conf', 'a', { image: 'x', version: 1 }), options('a', A))).toEqual([
    { name: 'os-a.conf', image: null, booted: true, staged: false },
  ]);
  expect(slotDeployments('no such folder\n', options('a', A))).toEqual([]);
});

test('an entry that was not written to its end is none to a boot loader', () => {
  for (const torn of ['', 'nothing', '\0\0\0', 'title Debian\nlinux /b/vm'])
    expect(slotDeployments(`${old}\u001eos-b+3.conf\n${torn}`, options('a', A))).toHaveLength(1);
});
