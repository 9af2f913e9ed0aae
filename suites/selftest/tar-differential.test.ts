import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { readTree } from '../../harness/oci/layers/tree.ts';
import { DEFAULT_LIMITS } from '../../harness/oci/limits.ts';
import { openImage } from '../../harness/oci/open.ts';
import { read } from '../../harness/oci/tar/test-read.ts';
import { tar } from '../../harness/oci/tar/test-tar.ts';
import { writeImage, writeIndex } from '../../harness/oci/test-image.ts';
import { temporaryFolder } from './support.ts';

/** Files of every kind, made by the shell. */
const MAKE = String.raw`
set -e
mkdir -p tree/dir/deep tree/"$(printf 'd%.0s' $(seq 90))"
cd tree
printf hello > dir/file; chmod 4755 dir/file; ln dir/file dir/hard; ln -s ../x dir/link
printf x > "$(printf 'd%.0s' $(seq 90))/$(printf 'n%.0s' $(seq 90))"
ln -s "$(printf 't%.0s' $(seq 150))" longlink
printf y > "$(printf 'odd\n\033\377')"
mkfifo pipe; : > empty
truncate -s 900K sparse; printf A | dd of=sparse bs=1 seek=500000 conv=notrunc status=none
for n in $(seq 40); do printf B | dd of=sparse bs=1 seek=$((n*20000)) conv=notrunc status=none; done
touch -d '1960-01-01T00:00:00Z' empty; touch -d '2026-01-02T03:04:05.123456789Z' dir/file
setfattr -n user.bin -v 0x00ff0a dir/file 2>/dev/null || true
[ "$(id -u)" != 0 ] || { mknod null c 1 3; chown 3000000:4000000 dir/deep; }
`;

/** What Python's tarfile, an independent reader, says; names as bytes in latin1. */
const LIST = String.raw`
import hashlib, json, sys, tarfile
kinds = {b'0':'file', b'\0':'file', b'7':'file', b'S':'file', b'1':'hardlink', b'2':'symlink', b'3':'chardev', b'4':'blockdev', b'5':'dir', b'6':'fifo'}
name = lambda s: s.encode('utf-8', 'surrogateescape').decode('latin1')
out = []
with tarfile.open(sys.argv[1], errors='surrogateescape', encoding='utf-8') as t:
    for m in t:
        f = m.isreg() and hashlib.sha256(t.extractfile(m).read()).hexdigest() or None
        dev = [m.devmajor, m.devminor] if m.type in b'34' else None
        link = name(m.linkname) if m.type in b'12' else ''
        out.append([name(m.name).rstrip('/'), kinds[m.type], m.mode, m.uid, m.gid, int(m.mtime // 1), link, m.size if m.isreg() else 0, f, dev])
json.dump(out, sys.stdout)
`;

const WRITERS: [what: string, command: string][] = [
  [
    'GNU tar, v7',
    'tar --format=v7 --exclude=pipe --exclude="ddd*" --exclude=null --exclude=longlink --exclude=empty --exclude=deep',
  ],
  ['GNU tar, ustar', 'tar --format=ustar --exclude=longlink --exclude=empty --exclude=deep'],
  ['GNU tar, oldgnu', 'tar --format=oldgnu'],
  ['GNU tar, gnu', 'tar --format=gnu'],
  ['GNU tar, gnu, sparse', 'tar --format=gnu --sparse'],
  ['GNU tar, pax', 'tar --format=pax --xattrs'],
  ...['0.0', '0.1', '1.0'].map((version): [string, string] => [
    `GNU tar, pax, sparse ${version}`,
    `tar --format=pax --sparse --sparse-version=${version}`,
  ]),
  ['bsdtar, ustar', 'bsdtar --format=ustar --exclude=longlink --exclude=empty --exclude=deep'],
  ['bsdtar, gnutar', 'bsdtar --format=gnutar --exclude=empty'],
  ['bsdtar, pax', 'bsdtar --format=pax --xattrs --no-read-sparse'],
];

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

it('reads what GNU tar and bsdtar write as Python does', async () => {
  await using folder = await temporaryFolder();
  const options = { cwd: folder.path, shell: '/bin/bash' } as const;
  await execa(MAKE, options);
  for (const [what, command] of WRITERS) {
    await execa(`${command} -cf out.tar -C tree .`, options);
    const { stdout } = await execa('python3', ['-c', LIST, 'out.tar'], { cwd: folder.path });
    const archive = await readFile(join(folder.path, 'out.tar'));
    const found = read(archive, 65_536).entries.map((entry) => [
      entry.name.replace(/\/+$/, ''),
      entry.type,
      entry.mode,
      entry.uid,
      entry.gid,
      entry.mtime.seconds,
      entry.linkname,
      entry.size,
      entry.type === 'file' ? sha256(entry.content) : null,
      entry.device === null ? null : [entry.device.major, entry.device.minor],
    ]);
    expect(found.length, what).toBeGreaterThan(5);
    expect(found, what).toEqual(JSON.parse(stdout));
  }
});

/** What lies in a folder that umoci unpacked: path, kind, mode and content or target. */
const WALK = String.raw`
import hashlib, json, os, stat, sys
out = {}
root = os.fsencode(sys.argv[1])
for folder, dirs, files in os.walk(root):
    for n in dirs + files:
        p = os.path.join(folder, n); s = os.lstat(p)
        kind = 'symlink' if stat.S_ISLNK(s.st_mode) else 'dir' if stat.S_ISDIR(s.st_mode) else 'file'
        what = os.readlink(p).decode('latin1') if kind == 'symlink' else hashlib.sha256(open(p,'rb').read()).hexdigest() if kind == 'file' else ''
        out[os.path.relpath(p, root).decode('latin1')] = [kind, 0o777 if kind == 'symlink' else stat.S_IMODE(s.st_mode), int(s.st_mtime), what]
json.dump(out, sys.stdout)
`;

it('merges layers as umoci does', async () => {
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
  const image = { layers: layers.map((entries) => tar(entries, 'ustar')) };
  const manifest = await writeImage(join(folder.path, 'image'), image);
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  await writeIndex(join(folder.path, 'image'), [{ ...manifest, annotations }]);
  await execa('umoci', ['unpack', '--rootless', '--image', 'image:latest', 'out'], { cwd: folder.path });
  const { stdout } = await execa('python3', ['-c', WALK, 'out/rootfs'], { cwd: folder.path });
  const opened = await openImage(`oci:${join(folder.path, 'image')}`);
  const { files } = await readTree(opened, { limits: DEFAULT_LIMITS });
  const ours = [...files].flatMap(([path, { record, inode }]) => {
    if (path === '.') return [];
    const hex = Buffer.from(inode.content, 'latin1').toString('hex');
    const what = inode.type === 'symlink' ? inode.linkname : inode.type === 'file' ? hex : '';
    return [[path, [inode.type, record.mode, record.mtime.seconds, what]]];
  });
  expect(Object.fromEntries(ours)).toEqual(JSON.parse(stdout));
});
