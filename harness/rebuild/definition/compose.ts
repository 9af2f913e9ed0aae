import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import { TarReader } from '../../oci/tar/reader.ts';
import type { TarEntry } from '../../oci/tar/types.ts';
import { openDeb } from '../../packages/dpkg/deb-archive.ts';
import type { LayerFile } from './layer-file.ts';

/** Debian is usr-merged, packages up to Debian 12 are not: these top folders are links (usrmerge, base-files). */
const MERGED = ['bin', 'lib', 'lib32', 'lib64', 'libx32', 'sbin'];

const FOLDERS: [string, number][] = [
  ['cachi2/', 0o755],
  ['dev/', 0o755],
  ['etc/', 0o755],
  ['proc/', 0o555],
  ['root/', 0o700],
  ['run/', 0o755],
  ['sys/', 0o555],
  ['tmp/', 0o1777],
  ['usr/', 0o755],
  ...MERGED.map((name): [string, number] => [`usr/${name}/`, 0o755]),
  ['var/', 0o755],
  ['var/tmp/', 0o1777],
];

const owned = { uid: 0, gid: 0, mtime: 0 };

/** The folders every root file system has, and the links of merged /usr, before any package. */
export function addSkeleton(layer: LayerFile): void {
  for (const [name, mode] of FOLDERS)
    layer.begin({ ...owned, name, type: 'dir', mode, size: 0, linkname: '' });
  for (const name of MERGED) addLink(layer, name, `usr/${name}`);
}

export const addLink = (layer: LayerFile, name: string, target: string): boolean =>
  layer.begin({ ...owned, name, type: 'symlink', mode: 0o777, size: 0, linkname: target });

/**
 * Adds the files of one Debian package, as dpkg would unpack them; no maintainer script runs.
 * @returns its control file, and what the caller asked to see of its files
 */
export async function addPackage(
  layer: LayerFile,
  path: string,
  wanted: ReadonlySet<string>,
): Promise<{ control: string; files: Map<string, Buffer> }> {
  const { control, data } = await openDeb(path);
  const controls = await readTar(control, path, { wanted: new Set(['control']) });
  const files = await readTar(data, path, { wanted, layer });
  return { control: controls.get('control')?.toString('utf8') ?? '', files };
}

/** Copies entries into the layer, when there is one, and returns the content of wanted files. */
async function readTar(
  tar: AsyncIterable<Buffer>,
  where: string,
  { wanted, layer }: { wanted: ReadonlySet<string>; layer?: LayerFile },
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  let parts: Buffer[] | null = null;
  let name = '';
  const reader = new TarReader(
    {
      entry: (entry) => {
        name = mergedPath(entry.name);
        parts = entry.type === 'file' && wanted.has(name) ? [] : null;
        if (name !== '' && !isMergingLink(entry)) layer?.begin(headerOf(entry, name));
        return true;
      },
      data: (piece) => {
        layer?.write(piece);
        parts?.push(Buffer.from(piece));
      },
      entryEnd: () => {
        layer?.end();
        if (parts !== null) files.set(name, Buffer.concat(parts));
      },
      trailer: () => undefined,
    },
    where,
    DEFAULT_LIMITS.holeBytes,
  );
  for await (const chunk of tar) reader.push(chunk);
  reader.end();
  return files;
}

function headerOf(entry: TarEntry, name: string): Parameters<LayerFile['begin']>[0] {
  const { mode, uid, gid, mtime, type } = entry;
  if (type !== 'file' && type !== 'dir' && type !== 'symlink' && type !== 'hardlink') {
    throw new Error(`packages hold no ${type}`);
  }
  return {
    name: type === 'dir' ? `${name}/` : name,
    type,
    mode,
    uid,
    gid,
    size: type === 'file' ? entry.size : 0,
    mtime: mtime.seconds,
    linkname: type === 'hardlink' ? mergedPath(entry.linkname) : entry.linkname,
  };
}

/** From Debian 13 on `base-files` has the links of merged /usr, which are there already. */
function isMergingLink({ name, type, linkname }: TarEntry): boolean {
  return (
    type === 'symlink' && MERGED.includes(linkname.slice('usr/'.length)) && mergedPath(name) === linkname
  );
}

/** `./bin/sh` becomes `usr/bin/sh`; the root itself becomes empty. */
function mergedPath(name: string): string {
  const path = name
    .replace(/^(\.?\/+)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/+$/, '');
  const top = path.split('/', 1)[0] ?? '';
  return MERGED.includes(top) ? `usr/${path}` : path;
}

/** Lays a folder of the definition over the packages. Permissions follow the executable bit alone, as git keeps it. */
export async function addOverlay(layer: LayerFile, folder: string, prefix = ''): Promise<void> {
  for (const child of (await readdir(folder)).sort()) {
    const path = join(folder, child);
    const name = `${prefix}${child}`;
    const stats = await lstat(path);
    if (stats.isDirectory()) {
      layer.begin({ ...owned, name: `${name}/`, type: 'dir', mode: 0o755, size: 0, linkname: '' });
      await addOverlay(layer, path, `${name}/`);
    } else {
      const mode = (stats.mode & 0o100) === 0 ? 0o644 : 0o755;
      layer.addFile({ ...owned, name, mode }, await readFile(path));
    }
  }
}
