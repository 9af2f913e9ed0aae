import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTool } from '../../setup/tools.mjs';
import { handOver } from '../machine/confined.ts';
import { startOf } from './existing.ts';

const MIB = 2 ** 20;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'given-'));
});
afterEach(() => rm(folder, { recursive: true }));

const disk = (): string => join(folder, 'disk.raw');

/** An empty disk with something at its beginning, which sfdisk keeps. */
async function empty(code = ''): Promise<void> {
  await using file = await open(disk(), 'w');
  await file.truncate(64 * MIB);
  await file.write(Buffer.from(code, 'latin1'), 0, code.length, 0);
}

/** A partition that the firmware looks into, with these files in it. */
async function withEsp(label: 'gpt' | 'dos', files: Record<string, string>): Promise<void> {
  const esp = label === 'gpt' ? 'uefi' : 'ef';
  await execa('sfdisk', ['--quiet', disk()], {
    input: `label: ${label}\nstart=4MiB, size=40MiB, type=${esp}\n`,
  });
  const image = ['-i', `${disk()}@@4M`];
  await execa('mformat', [...image, '-T', '81920', '-h', '16', '-s', '32', '::']);
  await execa('mmd', [...image, '::/EFI', '::/EFI/BOOT', '::/loader', '::/loader/entries']);
  for (const [path, text] of Object.entries(files))
    await execa('mcopy', [...image, '-', `::/${path}`], { input: text });
}

async function start(): ReturnType<typeof startOf> {
  await handOver(folder);
  return startOf(folder, 'disk.raw');
}

const LOADER = { 'EFI/BOOT/BOOTX64.EFI': 'a program' };
const ENTRY = 'title One\nlinux /vmlinuz\ninitrd /initrd\noptions quiet\n';

describe.skipIf(['sfdisk', 'mtype', 'setpriv', 'debugfs'].some((name) => findTool(name) === null))(
  'a disk',
  () => {
    test.each(['gpt', 'dos'] as const)(
      'with a boot loader for UEFI (%s) is started by that',
      async (label) => {
        await empty('\xeb\xfe');
        await withEsp(label, { ...LOADER, 'loader/entries/one.conf': ENTRY });
        const { by, bootMethod } = await start();
        expect(by).toBe('uefi');
        expect((await bootMethod.entries(folder, 'disk.raw')).map(({ title }) => title)).toEqual(['One']);
      },
    );

    test('with entries that cannot be read is left to its boot loader', async () => {
      await empty();
      await withEsp('gpt', { ...LOADER, 'loader/entries/one.conf': 'title One\nefi /EFI/Linux/one.efi\n' });
      const { bootMethod } = await start();
      const entries = await bootMethod.entries(folder, 'disk.raw');
      expect(entries.map(({ name, title }) => [name, title])).toEqual([
        ['', expect.stringContaining('by itself')],
      ]);
    });

    test('with code for a BIOS, and nothing for UEFI, is started by that', async () => {
      await empty('\xeb\xfe');
      await withEsp('gpt', {});
      expect((await start()).by).toBe('bios');
    });

    test('without partitions, with boot entries, is started by its kernel', async () => {
      const tree = join(folder, 'tree');
      await execa('mkdir', ['-p', join(tree, 'boot/loader/entries')]);
      await execa('tee', [join(tree, 'boot/loader/entries/one.conf')], { input: ENTRY });
      await execa('mke2fs', ['-q', '-d', tree, disk(), '8M']);
      const { by, bootMethod } = await start();
      expect(by).toBe('kernel');
      expect((await bootMethod.entries(folder, 'disk.raw')).map(({ kernel }) => kernel)).toEqual([
        '/boot/vmlinuz',
      ]);
    });

    test('with a boot loader for arm64 is started by that, in such a machine', async () => {
      await empty();
      await withEsp('gpt', { 'EFI/BOOT/BOOTAA64.EFI': 'a program' });
      const { by, architecture, bootMethod } = await start();
      expect([by, architecture]).toEqual(['uefi', 'arm64']);
      expect([...(bootMethod.credentials ?? [])].join(' ')).toContain('/dev/ttyS0');
    });

    test('with a boot loader for another architecture is refused, and told why', async () => {
      await empty();
      await withEsp('gpt', { 'EFI/BOOT/BOOTRISCV64.EFI': 'a program' });
      await expect(start()).rejects.toThrow(
        'the disk cannot be started: its boot loader is for riscv64, and the machines here are amd64 or arm64 ones',
      );
    });

    test('with nothing to start is refused', async () => {
      await empty();
      await withEsp('gpt', {});
      await expect(start()).rejects.toMatchObject({ code: 'unsupported' });
    });
  },
);
