import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTool } from '../../setup/tools.mjs';
import { handOver } from '../machine/confined.ts';
import { grub } from './grub.ts';

const menu = (title: string): string => `DEFAULT ${title}
LABEL ${title}
\tKERNEL /ostree/${title}/vmlinuz
\tINITRD /ostree/${title}/initramfs.img
\tAPPEND root=UUID=1 rw
`;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grub-'));
  await handOver(folder);
});
afterEach(() => rm(folder, { recursive: true }));

/** A disk whose /boot holds these menus, and a link to one of them. */
async function diskWith(menus: Record<string, string>, link: string): Promise<void> {
  const boot = join(folder, 'boot');
  await mkdir(boot);
  for (const [name, text] of Object.entries(menus)) {
    const path = join(boot, name, 'syslinux.cfg');
    await mkdir(dirname(path));
    await writeFile(path, text);
  }
  await symlink(link, join(boot, 'loader'));
  const disk = join(folder, 'disk.raw');
  const options = ['-q', '-F', '-t', 'ext4', '-b', '4096', '-E', `offset=${513 * 2 ** 20}`, '-d', boot];
  await execa('mke2fs', [...options, disk, '16M']);
  await handOver(disk);
}

const first = async (): Promise<string | undefined> => (await grub.entries(folder, 'disk.raw'))[0]?.name;

describe.skipIf(['mke2fs', 'debugfs', 'setpriv'].some((name) => findTool(name) === null))(
  'the menu that GRUB takes',
  () => {
    test('is the one that is named', async () => {
      await diskWith({ 'loader.0': menu('old'), 'loader.1': menu('new') }, 'loader.1');
      expect(await first()).toBe('new');
    });

    test.each([
      ['gone', {}],
      ['empty', { 'loader.0': '' }],
    ])('is the other one where the one that is named is %s', async (_what, menus) => {
      await diskWith({ ...menus, 'loader.1': menu('new') }, 'loader.0');
      expect(await first()).toBe('new');
    });

    test('is missed where there is none', async () => {
      await diskWith({}, 'loader.0');
      await expect(first()).rejects.toThrow('the disk has no boot menu');
    });
  },
);
