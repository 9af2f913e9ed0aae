import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { writeLayout } from '../../../harness/testing/oci/image.ts';
import type { DebianSuites } from './debian.ts';
import type { Innocent } from './packages.ts';

async function download({ registry, name }: Innocent, version: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const args =
    registry === 'npm'
      ? ['pack', '--silent', `${name}@${version}`]
      : ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', `${name}==${version}`];
  await execa(registry === 'npm' ? 'npm' : 'python3', args, { cwd: folder });
  const [file] = await readdir(folder);
  if (file === undefined) throw new Error(`${name} ${version}: nothing came`);
  return join(folder, file);
}

async function unpack(innocent: Innocent, version: string, folder: string): Promise<void> {
  const archive = await download(innocent, version, join(folder, 'download'));
  const tree = join(folder, 'tree/usr/src/it');
  await mkdir(tree, { recursive: true });
  if (archive.endsWith('.whl')) await execa('python3', ['-m', 'zipfile', '-e', archive, tree]);
  else await execa('tar', ['-xzf', archive, '-C', tree, '--strip-components=1']);
}

/** The files of a release in an image of one layer, all with one time and owner. @returns its reference */
export async function imageOf(
  innocent: Innocent,
  version: string,
  { folder, debian }: { folder: string; debian: DebianSuites },
): Promise<string> {
  const tree = join(folder, 'tree');
  await mkdir(tree, { recursive: true });
  if (innocent.registry === 'debian')
    await debian.unpack(innocent.name, version, { folder: join(folder, 'download'), tree });
  else await unpack(innocent, version, folder);
  const layer = join(folder, 'layer.tar');
  const same = ['--sort=name', '--mtime=@1', '--owner=0', '--group=0', '--numeric-owner', '--mode=0755'];
  await execa('tar', [...same, '-cf', layer, '-C', tree, '.']);
  return await writeLayout(join(folder, 'image'), { layers: [await readFile(layer)], compress: 'none' });
}
