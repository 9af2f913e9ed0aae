import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { read } from '../../../harness/testing/oci/tar/read.ts';
import { tar } from '../../../harness/testing/oci/tar/tar.ts';
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

/** What Python's tarfile, an independent reader, says; names and values as bytes in latin1. */
const LIST = String.raw`
import base64, hashlib, json, sys, tarfile
from decimal import Decimal
kinds = {b'0':'file', b'\0':'file', b'7':'file', b'S':'file', b'1':'hardlink', b'2':'symlink', b'3':'chardev', b'4':'blockdev', b'5':'dir', b'6':'fifo'}
name = lambda s: s.encode('utf-8', 'surrogateescape').decode('latin1')
def time(m, key, other=None):
    text = m.pax_headers.get(key, other)
    if text is None: return None
    t = Decimal(text)
    whole = int(t // 1) - (1 if t < 0 and t % 1 != 0 else 0)
    return [whole, int((t - whole) * 10**9)]
def xattrs(m):
    found = {}
    for key, value in m.pax_headers.items():
        if key.startswith('LIBARCHIVE.xattr.'): found.setdefault(key[17:], base64.b64decode(value + '==').decode('latin1'))
    for key, value in m.pax_headers.items():
        if key.startswith('SCHILY.xattr.'): found[key[13:]] = name(value)
    return sorted(found.items())
out = []
with tarfile.open(sys.argv[1], errors='surrogateescape', encoding='utf-8') as t:
    for m in t:
        f = m.isreg() and hashlib.sha256(t.extractfile(m).read()).hexdigest() or None
        dev = [m.devmajor, m.devminor] if m.type in b'34' else None
        link = name(m.linkname) if m.type in b'12' else ''
        out.append([name(m.name).rstrip('/'), kinds[m.type], m.mode, m.uid, m.gid, time(m, 'mtime', str(m.mtime)), time(m, 'atime'), time(m, 'ctime'), link, m.size if m.isreg() else 0, f, dev, xattrs(m)])
json.dump(out, sys.stdout)
`;

const WRITERS: [what: string, command: string, more?: string][] = [
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
  // Attributes that the file system here may not take.
  ['bsdtar, pax, from an archive', 'bsdtar --format=pax --no-read-sparse', '@../made.tar'],
];
const ATTRIBUTES = {
  'user.bin': '\0\xff\n=',
  'security.capability': '\x01\0\0\x02\0\x20',
};

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

it('reads what GNU tar and bsdtar write as Python does', async () => {
  await using folder = await temporaryFolder();
  const options = { cwd: folder.path, shell: '/bin/bash' } as const;
  await execa(MAKE, options);
  await writeFile(
    join(folder.path, 'made.tar'),
    tar([{ name: 'x', xattrs: ATTRIBUTES, mtime: '9.000000001' }]),
  );
  let attributes = 0;
  for (const [what, command, more = ''] of WRITERS) {
    await execa(`${command} -cf out.tar -C tree . ${more}`, options);
    const { stdout } = await execa('python3', ['-c', LIST, 'out.tar'], { cwd: folder.path });
    const archive = await readFile(join(folder.path, 'out.tar'));
    const found = read(archive, 65_536).entries.map((entry) => [
      entry.name.replace(/\/+$/, ''),
      entry.type,
      entry.mode,
      entry.uid,
      entry.gid,
      ...[entry.mtime, entry.atime, entry.ctime].map((time) => time && [time.seconds, time.nanoseconds]),
      entry.linkname,
      entry.size,
      entry.type === 'file' ? sha256(entry.content) : null,
      entry.device === null ? null : [entry.device.major, entry.device.minor],
      [...(entry.xattrs ?? [])].map(([key, value]) => [key, value.toString('latin1')]).sort(),
    ]);
    expect(found.length, what).toBeGreaterThan(5);
    expect(found, what).toEqual(JSON.parse(stdout));
    attributes += found.filter((entry) => entry.flat(2).includes('\0\xff\n=')).length;
  }
  expect(attributes).toBe(1);
});
