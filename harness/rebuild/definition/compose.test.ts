import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TarReader } from '../../oci/tar/reader.ts';
import { addPackage, addSkeleton } from './compose.ts';
import { LayerFile } from './layer-file.ts';
import { TAR_END, type TarHeader, padding, tarHeader } from './tar-writer.ts';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'compose-'))));
afterAll(() => rm(folder, { recursive: true }));

const usual = { uid: 0, gid: 0, size: 0, mtime: 0 };
const link = (name: string, linkname: string): TarHeader => ({
  ...usual,
  name,
  type: 'symlink',
  mode: 0o777,
  linkname,
});
const file = (name: string): TarHeader => ({ ...usual, name, type: 'file', mode: 0o755, linkname: '' });
const tar = (entries: TarHeader[]): Buffer => Buffer.concat([...entries.map(tarHeader), TAR_END]);

/** A .deb: an ar archive of two tar archives. */
function deb(entries: TarHeader[]): Buffer {
  const member = (name: string, content: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(`${name.padEnd(48)}${String(content.length).padEnd(10)}\`\n`),
      content,
      Buffer.alloc(content.length % 2, '\n'),
    ]);
  const control = Buffer.from('Package: x\n');
  const entry = tarHeader({ ...file('./control'), size: control.length });
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    member('debian-binary', Buffer.from('2.0\n')),
    member('control.tar', Buffer.concat([entry, control, padding(control.length), TAR_END])),
    member('data.tar', tar(entries)),
  ]);
}

/** The symbolic links and files of the layer that packages are put into, after the links of the skeleton. */
async function composed(...packages: TarHeader[][]): Promise<string[]> {
  const path = join(folder, 'layer.tar');
  const layer = new LayerFile(path);
  addSkeleton(layer);
  for (const [index, entries] of packages.entries()) {
    const name = join(folder, `${index}.deb`);
    await writeFile(name, deb(entries));
    await addPackage(layer, name, new Set());
  }
  layer.finish();
  const found: string[] = [];
  const handler = {
    entry: ({ name, type, linkname }: { name: string; type: string; linkname: string }): boolean => {
      if (type !== 'dir') found.push(type === 'file' ? name : `${name} -> ${linkname}`);
      return false;
    },
    data: (): void => undefined,
    entryEnd: (): void => undefined,
    trailer: (): void => undefined,
  };
  const reader = new TarReader(handler, path, 0);
  reader.push(await readFile(path));
  reader.end();
  await rm(path);
  return found;
}

test('packages from before and after merged /usr meet in one root', async () => {
  const merged = ['bin', 'lib', 'lib32', 'lib64', 'libx32', 'sbin'].map((name) => `${name} -> usr/${name}`);
  // base-files of Debian 13 brings the links itself, a package of Debian 12 still has /bin.
  const baseFiles = [link('./bin', 'usr/bin'), link('./lib64', 'usr/lib64'), link('./etc/os', '../usr/os')];
  const found = await composed(
    baseFiles,
    [file('./bin/sh'), link('./bin/ash', 'sh')],
    [file('./usr/bin/env')],
  );
  expect(found).toEqual([...merged, 'etc/os -> ../usr/os', 'usr/bin/sh', 'usr/bin/ash -> sh', 'usr/bin/env']);
});
