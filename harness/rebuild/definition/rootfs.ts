import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import { addLink, addOverlay, addPackage, addSkeleton } from './compose.ts';
import { LayerFile } from './layer-file.ts';

const owned = { uid: 0, gid: 0, mtime: 0, mode: 0o644 };

/** What base-passwd's maintainer script would copy into /etc. */
const MASTERS = new Map([
  ['usr/share/base-passwd/passwd.master', 'etc/passwd'],
  ['usr/share/base-passwd/group.master', 'etc/group'],
]);

/**
 * Writes the builder's only layer: the files of its locked packages without running anything of theirs, so that the
 * same lock gives the same bytes on every machine; then the definition's own files and links.
 * @param definition folder with `rootfs/` and `links.txt`
 * @param packages paths of .deb files, in the order in which they are unpacked
 */
export async function writeRootfs(
  definition: string,
  packages: string[],
  path: string,
  onPackage: (done: number) => void,
): Promise<{ diffId: string; size: number }> {
  const layer = new LayerFile(path);
  addSkeleton(layer);
  const status: string[] = [];
  for (const [index, file] of packages.entries()) {
    const { control, files } = await addPackage(layer, file, new Set(MASTERS.keys()));
    status.push(installed(control));
    for (const [master, target] of MASTERS) {
      const content = files.get(master);
      if (content !== undefined) layer.addFile({ ...owned, name: target }, content);
    }
    onPackage(index + 1);
  }
  layer.addFile({ ...owned, name: 'var/lib/dpkg/status' }, Buffer.from(status.join('\n')));
  const overlay = join(definition, 'rootfs');
  if ((await stat(overlay).catch(() => null)) !== null) await addOverlay(layer, overlay);
  for (const [name, target] of await readLinks(join(definition, 'links.txt'))) addLink(layer, name, target);
  return { diffId: layer.finish(), size: layer.size };
}

/** The control stanza as dpkg's status file has it (dpkg(1), "status"). */
const installed = (control: string): string =>
  `${control.trimEnd().replace(/^(Package:.*)$/m, '$1\nStatus: install ok installed')}\n`;

/** Lines `path target`; `#` begins a comment. */
async function readLinks(path: string): Promise<[string, string][]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter((words) => words.length === 2)
    .map(([name = '', target = '']) => [name.replace(/^\//, ''), target]);
}
