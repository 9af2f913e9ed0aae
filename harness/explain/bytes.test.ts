import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { cpio } from '../testing/inside/cpio.ts';
import { ext } from '../testing/inside/ext.ts';
import { look } from '../testing/inside/inside.ts';
import { pe } from '../testing/inside/pe.ts';
import { zip, type TestZipEntry } from '../testing/inside/zip.ts';
import { insideEntry, reported } from '../testing/explain/entry.ts';

const many = (last: string, time: number): Buffer =>
  zip(Array.from({ length: 300 }, (_, at) => ({ name: `f${at}`, content: at === 299 ? last : 'x', time })));
const one = (more: Partial<TestZipEntry>): Buffer =>
  zip([{ name: 'a', content: 'the quick brown fox '.repeat(200), ...more }]);
const initramfs = (release: string, mtime = 1): Buffer =>
  gzipSync(cpio([{ name: 'usr/lib/os-release', content: `ID=${release}\n`, mtime }]));

/** From the bytes of two files to the causes. */
const CASES: [string, string, [Buffer, Buffer], string[]][] = [
  [
    'times of more members than are listed',
    'srv/x.zip',
    [many('x', 0), many('x', 9)],
    ['timestamp-content exact'],
  ],
  [
    'and one beyond them',
    'srv/x.zip',
    [many('x', 0), many('y', 9)],
    ['timestamp-content likely', 'unknown likely'],
  ],
  [
    'time and another level',
    'srv/x.zip',
    [one({ level: 1, time: 0 }), one({ level: 9, time: 9 })],
    ['timestamp-content likely', 'unknown likely'],
  ],
  ['a file in an initramfs', 'boot/initrd.img', [initramfs('a'), initramfs('b')], ['unknown likely']],
  ['headers of an initramfs', 'boot/initrd.img', [initramfs('a'), initramfs('a', 2)], ['initramfs exact']],
  [
    'time of a program for UEFI',
    'boot/x.efi',
    [pe(1_700_000_000), pe(1_700_000_009)],
    ['timestamp-content exact'],
  ],
  [
    'identity of a file system',
    'srv/x.img',
    [ext(), ext({ uuid: 'v'.repeat(16), time: 9, sums: 7 })],
    ['filesystem-identity exact'],
  ],
  [
    'and a file in it',
    'srv/x.img',
    [ext(), ext({ uuid: 'v'.repeat(16), sums: 7, content: 'next' })],
    ['filesystem-identity likely', 'unknown likely'],
  ],
];

it.each(CASES)('%s', async (_, path, [a, b], expected) => {
  const inside = await look(a, b);
  const causes = inside === null ? [] : reported(insideEntry(path, inside));
  expect(causes.filter((cause) => !cause.startsWith('randomness'))).toEqual(expected);
});
