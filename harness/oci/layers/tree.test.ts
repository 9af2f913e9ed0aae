import { describe, expect, it } from 'vitest';
import { readFiles } from './files.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { openImage } from '../open.ts';
import { scratch, writeLayout } from '../test-image.ts';
import { tar, type TestEntry } from '../tar/test-tar.ts';
import { readTree } from './tree.ts';

const dir = (name: string, mode = 0o755): TestEntry => ({ name, type: 'dir', mode });
const file = (name: string, content = ''): TestEntry => ({ name, content });

/** The merged tree as `path type content-or-target`, sorted; content of files by reading them. */
async function tree(...layers: TestEntry[][]): Promise<string[]> {
  await using folder = await scratch();
  const image = await openImage(
    await writeLayout(folder.path, { layers: layers.map((entries) => tar(entries)) }),
  );
  const { files } = await readTree(image, { limits: DEFAULT_LIMITS });
  const contents = await readFiles(image, () => true);
  const lines = [...files].map(([path, { record, inode }]) => {
    const text = inode.type === 'file' ? Buffer.from(contents.get(path) ?? []).toString() : inode.linkname;
    return [path, record.type, ...(text === '' ? [] : [text])].join(' ');
  });
  return lines.sort();
}

describe('the merged tree', () => {
  it('hides what a whiteout names, and only below', async () => {
    const lower = [dir('a/'), file('a/x'), file('a/y'), dir('b/'), file('b/deep')];
    expect(await tree(lower, [file('a/.wh.x'), file('.wh.b')])).toEqual(['a dir', 'a/y file']);
    expect(await tree(lower, [file('b/new', 'n'), file('.wh.b')])).toEqual([
      'a dir',
      'a/x file',
      'a/y file',
      'b/new file n',
    ]);
    expect(await tree([file('.wh.a'), file('a')])).toEqual(['a file']);
  });

  it('empties opaque directories of lower layers, wherever the marker stands', async () => {
    const lower = [dir('d/'), file('d/old'), dir('d/s/'), file('d/s/old')];
    const kept = ['d dir', 'd/new file', 'd/s dir', 'd/s/new file'];
    const marker = file('d/.wh..wh..opq');
    const upper = [dir('d/'), file('d/new'), dir('d/s/'), file('d/s/new')];
    expect(await tree(lower, [marker, ...upper])).toEqual(kept);
    expect(await tree(lower, [...upper, marker])).toEqual(kept);
  });

  it('lets the last layer decide type and attributes', async () => {
    expect(await tree([dir('a/'), file('a/x')], [file('a', 'now a file')])).toEqual(['a file now a file']);
    expect(await tree([file('a')], [dir('a/'), file('a/x')])).toEqual(['a dir', 'a/x file']);
    expect(await tree([dir('a/'), file('a/x')], [dir('a/', 0o700)])).toEqual(['a dir', 'a/x file']);
  });

  it('ties hard links to their inode, before or after the target and across layers', async () => {
    const link = (name: string, linkname: string): TestEntry => ({ name, type: 'hardlink', linkname });
    expect(await tree([file('a', '1'), link('b', 'a')])).toEqual(['a file 1', 'b hardlink 1']);
    expect(await tree([link('b', './a'), file('a', '1')])).toEqual(['a file 1', 'b hardlink 1']);
    expect(await tree([file('a', '1')], [link('b', '/a')], [file('a', '2')])).toEqual([
      'a file 2',
      'b hardlink 1',
    ]);
    await expect(tree([link('b', 'a')])).rejects.toThrow('not there');
    await expect(tree([link('a', 'a')])).rejects.toThrow('not there');
    await expect(tree([dir('d/'), link('a', 'd')])).rejects.toThrow('directory');
  });

  it('follows directories that are symbolic links, inside the image only', async () => {
    const lower = [
      dir('usr/'),
      dir('usr/lib/'),
      { name: 'lib', type: 'symlink', linkname: 'usr/lib' } as TestEntry,
    ];
    expect(await tree(lower, [file('lib/x', 'x')])).toContain('usr/lib/x file x');
    const out: TestEntry = { name: 'out', type: 'symlink', linkname: '../../../etc' };
    expect(await tree([out], [file('out/x', 'x')])).toEqual(['etc/x file x', 'out symlink ../../../etc']);
    const loop: TestEntry[] = [
      { name: 'a', type: 'symlink', linkname: 'b' },
      { name: 'b', type: 'symlink', linkname: 'a' },
    ];
    await expect(tree([...loop, file('a/x')])).rejects.toThrow('loop');
  });

  it('sees what changes on the way to a directory between two entries in it', async () => {
    const link = (name: string, linkname: string): TestEntry => ({ name, type: 'symlink', linkname });
    expect(await tree([dir('a/'), file('a/x'), link('a', 'b'), file('a/y', 'y')])).toEqual([
      'a symlink b',
      'b/y file y',
    ]);
    expect(await tree([link('l', 'd')], [file('l/x', 'x'), file('.wh.l'), file('l/y', 'y')])).toEqual([
      'd/x file x',
      'l/y file y',
    ]);
    expect(await tree([link('d/l', 'e')], [file('d/l/x'), file('d/.wh..wh..opq'), file('d/l/y')])).toEqual([
      'd/e/x file',
      'd/l/y file',
    ]);
    expect(await tree([file('a/x'), file('x'), link('a', '/'), dir('a/', 0o700), file('a/y')])).toEqual([
      'a dir',
      'a/y file',
      'x file',
    ]);
    await expect(tree([dir('a/'), file('a/x'), file('a'), file('a/y')])).rejects.toThrow('is a file');
  });

  it('takes ./ and / as the root, and refuses ways out of it', async () => {
    expect(await tree([dir('./'), file('./a'), file('/b'), file('c//.//d')])).toEqual([
      '. dir',
      'a file',
      'b file',
      'c/d file',
    ]);
    await expect(tree([file('../a')])).rejects.toThrow('out of the image');
    await expect(tree([file('a/../../b')])).rejects.toThrow('out of the image');
    await expect(tree([file('a'), file('a/b')])).rejects.toThrow('is a file');
    await expect(tree([file('./')])).rejects.toThrow('root');
  });
});

describe('readFiles', () => {
  it('gives wanted files of the merged tree only, also through links', async () => {
    await using folder = await scratch();
    const layers = [
      tar([
        file('db/status', 'old'),
        file('gone', 'g'),
        file('plain', 'shared'),
        { name: 'var', type: 'symlink', linkname: 'db' },
      ]),
      tar([
        file('var/status', 'new'),
        file('.wh.gone'),
        { name: 'hard', type: 'hardlink', linkname: 'plain' },
      ]),
    ];
    const image = await openImage(await writeLayout(folder.path, { layers, compress: 'zstd' }));
    const files = await readFiles(image, (path) => ['db/status', 'gone', 'hard'].includes(path));
    expect([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual([
      ['db/status', 'new'],
      ['hard', 'shared'],
    ]);
    await expect(readFiles(image, () => true, { fileBytes: 4 })).rejects.toThrow('too large');
    await expect(readFiles(image, () => true, { totalBytes: 8 })).rejects.toThrow('too large');
  });
});
