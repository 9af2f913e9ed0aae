import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { readTree, type TreeFile } from '../../../harness/oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../../harness/oci/limits.ts';
import { openImage } from '../../../harness/oci/open.ts';
import { tar } from '../../../harness/testing/oci/tar/tar.ts';
import { writeImage, writeIndex } from '../../../harness/testing/oci/image.ts';
import { temporaryFolder } from './support.ts';

/** The merged tree, checked against what umoci makes of the same layers. */

/** Owners, devices and capabilities are only unpacked by root. */
const isRoot = process.getuid?.() === 0;
const ROOTLESS = isRoot ? [] : ['--rootless'];

/** What lies in a folder that umoci unpacked; names and values as bytes in latin1. Names of one inode share a number. */
const WALK = String.raw`
import hashlib, json, os, stat, sys
out = {}
root = os.fsencode(sys.argv[1])
text = lambda b: b.decode('latin1')
kinds = {stat.S_IFLNK: 'symlink', stat.S_IFDIR: 'dir', stat.S_IFREG: 'file', stat.S_IFIFO: 'fifo', stat.S_IFCHR: 'chardev', stat.S_IFBLK: 'blockdev'}
inodes = {}
for folder, dirs, files in os.walk(root):
    for n in dirs + files:
        p = os.path.join(folder, n); s = os.lstat(p); path = text(os.path.relpath(p, root))
        kind = kinds[stat.S_IFMT(s.st_mode)]
        what = text(os.readlink(p)) if kind == 'symlink' else hashlib.sha256(open(p,'rb').read()).hexdigest() if kind == 'file' else [os.major(s.st_rdev), os.minor(s.st_rdev)] if kind.endswith('dev') else ''
        mode = 0o777 if kind == 'symlink' else stat.S_IMODE(s.st_mode)
        attrs = sorted([x, text(os.getxattr(p, x, follow_symlinks=False))] for x in os.listxattr(p, follow_symlinks=False) if not x.startswith('user.rootlesscontainers') and not x.startswith('security.selinux'))
        owner = [s.st_uid, s.st_gid] if len(sys.argv) > 2 else []
        if kind != 'dir' and s.st_nlink > 1: inodes.setdefault(s.st_ino, []).append(path)
        out[path] = [kind, mode, s.st_mtime_ns // 10**9, s.st_mtime_ns % 10**9, what, attrs, owner]
json.dump([out, sorted(sorted(names) for names in inodes.values())], sys.stdout)
`;

type Seen = [
  kind: string,
  mode: number,
  seconds: number,
  nanoseconds: number,
  what: unknown,
  ...more: unknown[],
];

function seen({ record, inode }: TreeFile): Seen {
  const { mode, mtime, uid, gid, xattrs } = record;
  const hex = Buffer.from(inode.content, 'latin1').toString('hex');
  const { type, device, linkname } = inode;
  const what =
    device !== null
      ? [device.major, device.minor]
      : type === 'symlink'
        ? linkname
        : type === 'file'
          ? hex
          : '';
  const attributes = [...(xattrs ?? [])].map(([key, value]) => [key, value.toString('latin1')]).sort();
  const owner = isRoot ? [uid, gid] : [];
  return [type, mode, mtime.seconds, mtime.nanoseconds, what, attributes, owner];
}

/** Holds all that both can tell of a tree against each other. @returns how many paths there are */
async function sameAsUmoci(folder: string): Promise<number> {
  await execa('umoci', ['unpack', ...ROOTLESS, '--image', 'image:latest', 'out'], { cwd: folder });
  const words = ['-c', WALK, 'out/rootfs', ...(isRoot ? ['owners'] : [])];
  const { stdout } = await execa('python3', words, { cwd: folder, maxBuffer: 200_000_000 });
  const [entries, links] = JSON.parse(stdout) as [Record<string, Seen>, string[][]];
  const opened = await openImage(`oci:${join(folder, 'image')}`);
  const { files } = await readTree(opened, { limits: DEFAULT_LIMITS });
  files.delete('.');
  const ours = Object.fromEntries([...files].map(([path, file]) => [path, seen(file)]));
  expect(ours).toEqual(entries);
  const inodes = [...Map.groupBy(files, ([, { inode }]) => inode).values()];
  const shared = inodes
    .filter((names) => names.length > 1)
    .map((names) => names.map(([path]) => path).sort());
  expect(shared.sort()).toEqual(links.sort());
  return files.size;
}

it('made by hand, with every way of hiding', async () => {
  await using folder = await temporaryFolder();
  const at = { mtime: '1700000000' };
  const dir = { ...at, type: 'dir', mode: 0o755 } as const;
  const layers = [
    [
      { ...dir, name: 'a/' },
      { ...at, name: 'a/one', content: '1' },
      { ...at, name: 'a/two', content: '2' },
      { ...dir, name: 'b/' },
      { ...at, name: 'b/old', content: 'old' },
      { ...at, name: 'c', content: 'file' },
      { ...at, name: 'd', type: 'symlink', linkname: 'a/one', mode: 0o777 },
      { ...dir, name: 'e/' },
      { ...at, name: 'e/x', content: 'x' },
    ],
    [
      { ...dir, name: 'a/' },
      { ...at, name: 'a/.wh.one' },
      { ...at, name: 'a/hard', type: 'hardlink', linkname: 'a/two' },
      { ...dir, name: 'b/' },
      { ...at, name: 'b/.wh..wh..opq' },
      { ...at, name: 'b/new', content: 'new' },
      { ...dir, name: 'c/' },
      { ...at, name: 'c/in', content: 'in' },
      { ...at, name: 'd', content: 'no link now' },
      { ...at, name: '.wh.e' },
    ],
    [
      { ...dir, name: 'a/', mode: 0o700 },
      { ...at, name: 'a/one', content: 'again' },
    ],
  ] as const;
  const image = { layers: layers.map((entries) => tar(entries)) };
  const manifest = await writeImage(join(folder.path, 'image'), image);
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  await writeIndex(join(folder.path, 'image'), [{ ...manifest, annotations }]);
  expect(await sameAsUmoci(folder.path)).toBe(9);
});

/** Real files, taken over into an image and changed there by hand: umoci writes the layers, whiteouts and all. */
const MAKE = String.raw`
set -e
umoci init --layout image; umoci new --image image:latest
umoci unpack $ROOTLESS --image image:latest bundle
cd bundle/rootfs
lib=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
mkdir -p etc usr/lib var/empty; cp -a "$lib"/encodings "$lib"/email "$lib"/asyncio usr/lib/; cp -a /etc/alternatives etc/
ln usr/lib/email/message.py usr/lib/hard; ln usr/lib/email/message.py var/hard
printf x > "$(printf 'odd\n\033\377')"; mkfifo var/pipe
if [ -z "$ROOTLESS" ]; then
  mknod var/null c 1 3; chown 4000000:5000 etc; echo x > var/capable
  python3 -c 'import os; os.setxattr("var/capable", "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))'
fi
cd ../..; umoci repack --refresh-bundle --image image:latest bundle; cd bundle/rootfs
rm -r etc/alternatives usr/lib/asyncio; mkdir usr/lib/asyncio; echo new > usr/lib/asyncio/file
rm usr/lib/encodings/ascii.py; chmod 700 var; ln -s lib usr/link; rm -r var/empty; echo file > var/empty
echo more >> usr/lib/encodings/aliases.py; rm var/pipe; ln usr/lib/email/message.py usr/third
cd ../..; umoci repack --refresh-bundle --image image:latest bundle; cd bundle/rootfs
mkdir etc/alternatives; touch -d '1969-05-01T00:00:00.5Z' etc/alternatives; chmod 755 var
cd ../..; umoci repack --image image:latest bundle
rm -rf bundle
`;

it('of real files, with layers and whiteouts that umoci wrote', async () => {
  await using folder = await temporaryFolder();
  await execa(MAKE, { cwd: folder.path, shell: '/bin/bash', env: { ROOTLESS: ROOTLESS.join(' ') } });
  expect(await sameAsUmoci(folder.path)).toBeGreaterThan(150);
});
