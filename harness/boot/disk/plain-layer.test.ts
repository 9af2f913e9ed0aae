import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { openImage } from '../../oci/open.ts';
import { scratch, writeLayout } from '../../testing/oci/image.ts';
import { read } from '../../testing/oci/tar/read.ts';
import { type TestEntry, tar as archive, extension, paxRecord } from '../../testing/oci/tar/tar.ts';
import { writePlainLayer } from './plain-layer.ts';

/** @returns the tar that is made of a layer */
async function plain(layer: Buffer): Promise<Buffer> {
  await using folder = await scratch();
  const image = await openImage(await writeLayout(folder.path, { layers: [layer] }));
  try {
    const [first] = image.layers;
    if (first === undefined) throw new Error('no layer');
    await writePlainLayer(image, first, join(folder.path, 'plain.tar'));
    return await readFile(join(folder.path, 'plain.tar'));
  } finally {
    await image.close();
  }
}

const LONG = `usr/share/${'x'.repeat(180)}`;

const ENTRIES: TestEntry[] = [
  { name: 'usr/', type: 'dir', mode: 0o755 },
  {
    name: 'usr/file',
    content: 'content',
    mode: 0o4755,
    uid: 3_000_000,
    xattrs: { 'security.capability': 'x' },
  },
  { name: 'usr/link', type: 'symlink', linkname: 'file', mode: 0o644, xattrs: { 'user.note': 'x' } },
  { name: 'usr/same', type: 'hardlink', linkname: 'usr/file', mode: 0o600 },
  { name: LONG, content: 'a'.repeat(1000), xattrs: { 'user.note': '\n=\u00ff' } },
  { name: `${LONG}.link`, type: 'symlink', linkname: LONG, mode: 0 },
  { name: 'usr/n\u00e9', content: '' },
  { name: 'dev/null', type: 'chardev', major: 1, minor: 3 },
];

describe('a layer that is written anew', () => {
  test('says the same, but for modes and attributes that a link cannot have', async () => {
    const { entries } = read(await plain(archive(ENTRIES, 'pax')));
    expect(entries.map(({ name, mode }) => [name, mode])).toEqual(
      ENTRIES.map(({ name, type, mode = 0o644 }) => [name, type === 'symlink' ? 0o777 : mode]),
    );
    const reported = (list: typeof entries): object[] =>
      list.map(({ name, type, uid, linkname, content, device }) => ({
        name,
        type,
        uid,
        linkname,
        content,
        device,
      }));
    expect(reported(entries)).toEqual(reported(read(archive(ENTRIES, 'pax')).entries));
    expect(entries.map(({ xattrs }) => [...(xattrs ?? [])].map(([key]) => key).join())).toEqual(
      ENTRIES.map(({ type, xattrs }) => (type === 'symlink' ? '' : Object.keys(xattrs ?? {}).join())),
    );
  });

  test('is one that GNU tar reads to its end', async () => {
    const tar = await plain(archive(ENTRIES, 'pax'));
    const { stdout } = await execa('tar', ['-tvf', '-'], { input: tar });
    expect(stdout.split('\n')).toHaveLength(ENTRIES.length);
    expect(stdout).toContain(`${LONG}.link -> ${LONG}`);
  });

  test.each(['v7', 'ustar', 'gnu', 'star'] as const)(
    'is the same one, whatever form it had (%s)',
    async (form) => {
      const simple: TestEntry[] = [
        { name: 'a', content: 'text', mode: 0o640, uid: 7 },
        { name: 'b', type: 'symlink', linkname: 'a', mode: 0o600 },
      ];
      expect(await plain(archive(simple, form))).toEqual(await plain(archive(simple, 'pax')));
    },
  );

  test('does not hand on what only other readers than engines look at', async () => {
    const attribute = paxRecord('LIBARCHIVE.xattr.user.other', Buffer.from('eA'));
    const layer = Buffer.concat([
      extension('x', attribute, 'pax'),
      archive([{ name: 'a', content: 'x' }], 'ustar'),
    ]);
    expect((await plain(layer)).includes('LIBARCHIVE')).toBe(false);
  });
});
