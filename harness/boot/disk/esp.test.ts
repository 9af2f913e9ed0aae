import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTool } from '../../setup/tools.mjs';
import { handOver } from '../machine/confined.ts';
import { ESP_AT, type Esp, espEntries, espHas, readEsp, shownEntries } from './esp.ts';

/** What reads it on this machine may be missing; set-up installs it for operating systems. */
const missing = findTool('mtype') === null || findTool('setpriv') === null;

const entry = (slot: string, version: number): string =>
  `title Slot ${slot}\nsort-key os\nversion ${version}\nlinux /${slot}/vmlinuz\ninitrd /${slot}/initrd\noptions root=x\n`;

let folder = '';
const esp = (): Esp => ({ folder, disk: 'disk.raw', at: ESP_AT });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'esp-'));
  if (missing) return;
  const disk = join(folder, 'disk.raw');
  const partition = `${disk}@@1M`;
  await writeFile(disk, '');
  await truncate(disk, 20 * 2 ** 20);
  await execa('mformat', ['-i', partition, '-T', '32768', '-h', '16', '-s', '32', '::']);
  await execa('mmd', ['-i', partition, '::/loader', '::/loader/entries']);
  const files = {
    'os-a.conf': entry('a', 1),
    'os-b+2-1.conf': entry('b', 2),
    'os-c+0-3.conf': entry('c', 3),
    'notes.txt': 'none\n',
  };
  for (const [name, text] of Object.entries(files))
    await execa('mcopy', ['-i', partition, '-', `::/loader/entries/${name}`], { input: text });
  await handOver(folder);
});
afterAll(() => rm(folder, { recursive: true }));

test.skipIf(missing)('entries are read from the partition, in the order of the boot loader', async () => {
  const entries = await espEntries(esp());
  expect(entries.map(({ name, title, tries }) => [name, title, tries?.left ?? null])).toEqual([
    ['os-b+2-1.conf', 'Slot b', 2],
    ['os-a.conf', 'Slot a', null],
    ['os-c+0-3.conf', 'Slot c', 0],
  ]);
});

test.skipIf(missing)('a file that is not there is an error', async () => {
  expect((await readEsp(esp(), '/loader/entries/notes.txt')).toString()).toBe('none\n');
  await expect(readEsp(esp(), '/a/vmlinuz')).rejects.toThrow(/mtype failed/);
});

test.skipIf(missing)('what is there can be asked for, in capitals or not', async () => {
  expect(await espHas(esp(), '/loader/entries')).toBe(true);
  expect(await espHas(esp(), '/LOADER/entries/OS-A.CONF')).toBe(true);
  expect(await espHas(esp(), '/EFI/BOOT/BOOTX64.EFI')).toBe(false);
  expect(await espHas({ ...esp(), at: 0 }, '/loader')).toBe(false);
});

test.skipIf(missing)(
  'systemd-boot shows what names a kernel that is there, and nothing of what it cannot read',
  async () => {
    expect(await shownEntries(esp())).toEqual([]);
    const partition = `${join(folder, 'disk.raw')}@@1M`;
    await execa('mmd', ['-i', partition, '::/a']);
    await execa('mcopy', ['-i', partition, '-', '::/a/vmlinuz'], { input: 'kernel' });
    await execa('mcopy', ['-i', partition, '-', '::/loader/entries/os-d.conf'], { input: '\0\0\0' });
    expect((await shownEntries(esp())).map(({ name }) => name)).toEqual(['os-a.conf']);
    expect(await shownEntries({ ...esp(), at: 0 })).toEqual([]);
  },
);
