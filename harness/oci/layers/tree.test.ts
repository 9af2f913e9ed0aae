import { describe, expect, it } from 'vitest';
import { readFiles } from './files.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { openImage } from '../open.ts';
import { scratch, writeLayout } from '../../testing/oci/image.ts';
import { tar, type TestEntry } from '../../testing/oci/tar/tar.ts';
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
    expect(await tree([file('.wh.a'), file('a')])).toEqual(['a file']);
    expect(await tree(lower, [file('.wh.a'), file('a/.wh.x')])).toEqual(['b dir', 'b/deep file']);
    expect(await tree(lower, [file('.wh.b'), file('b', 'now a file')])).toContain('b file now a file');
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

  it('sees again what a directory hides that takes the place of a whiteout in its layer', async () => {
    const lower = [dir('d/'), file('d/old'), dir('d/s/'), file('d/s/old')];
    const all = ['d dir', 'd/new file', 'd/old file', 'd/s dir', 'd/s/old file'];
    expect(await tree(lower, [file('.wh.d'), dir('d/'), file('d/new')])).toEqual(all);
    const marker = file('d/.wh..wh..opq');
    expect(await tree(lower, [file('.wh.d'), dir('d/'), marker, file('d/new')])).toEqual([
      'd dir',
      'd/new file',
    ]);
    expect(await tree(lower, [file('.wh.d'), file('d'), dir('d/')])).toEqual(['d dir']);
  });

  it.each([
    ['of what the layer holds', [file('d/new'), file('.wh.d')], 'what the same layer holds'],
    ['of what the layer hides already', [file('.wh.d'), file('.wh.d')], 'what the same layer holds'],
    ['whose directory no entry makes anew', [file('.wh.d'), file('d/new')], 'a whiteout of its directory'],
    ['without a name', [file('d/.wh.')], 'without a name'],
    ['of the directory itself', [file('d/.wh..')], 'without a name'],
    ['of the directory above', [file('d/.wh...')], 'without a name'],
  ])('refuses a whiteout %s, as engines do', async (_, upper, message) => {
    await expect(tree([dir('d/'), file('d/old')], upper)).rejects.toThrow(message);
  });

  it('takes no notice of an opaque root, as overlayfs does', async () => {
    expect(await tree([file('old')], [file('.wh..wh..opq'), file('new')])).toEqual(['new file', 'old file']);
  });

  it('ties hard links to their inode, also across layers, but not to what comes later', async () => {
    const link = (name: string, linkname: string): TestEntry => ({ name, type: 'hardlink', linkname });
    expect(await tree([file('a', '1'), link('b', './a')])).toEqual(['a file 1', 'b hardlink 1']);
    expect(await tree([file('a', '1'), link('b', 'c/../a')])).toEqual(['a file 1', 'b hardlink 1']);
    expect(await tree([file('a', '1')], [link('b', '/a')], [file('a', '2')])).toEqual([
      'a file 2',
      'b hardlink 1',
    ]);
    await expect(tree([link('b', './a'), file('a', '1')])).rejects.toThrow('not there');
    await expect(tree([link('b', 'a')])).rejects.toThrow('not there');
    await expect(tree([link('a', 'a')])).rejects.toThrow('not there');
    await expect(tree([file('a'), link('a', 'a')])).rejects.toThrow('not there');
    await expect(tree([file('d/a'), link('d', 'd/a')])).rejects.toThrow('not there');
    await expect(tree([file('a')], [file('.wh.a'), link('b', 'a')])).rejects.toThrow('not there');
    await expect(tree([dir('d/'), link('a', 'd')])).rejects.toThrow('directory');
    await expect(tree([link('a', '../a')])).rejects.toThrow('out of the image');
  });

  it('follows directories that are symbolic links of the same layer, inside the image only', async () => {
    const link = (name: string, linkname: string): TestEntry => ({ name, type: 'symlink', linkname });
    const lower = [dir('usr/'), dir('usr/lib/'), link('lib', 'usr/lib')];
    expect(await tree([...lower, file('lib/x', 'x')])).toContain('usr/lib/x file x');
    const out = link('out', '../../../etc');
    expect(await tree([out, file('out/x', 'x')])).toEqual(['etc/x file x', 'out symlink ../../../etc']);
    const loop = [link('a', 'b'), link('b', 'a')];
    await expect(tree([...loop, file('a/x')])).rejects.toThrow('loop');
  });

  it('makes a directory of what older layers have in the way, also of symbolic links', async () => {
    const lower: TestEntry[] = [
      dir('usr/'),
      dir('usr/lib/'),
      file('usr/lib/y'),
      { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
    ];
    const upper = ['lib/x file x', 'usr dir', 'usr/lib dir', 'usr/lib/y file'];
    expect(await tree(lower, [file('lib/x', 'x')])).toEqual(upper);
    expect(await tree(lower, [file('lib/.wh.y')])).toEqual(upper.slice(1));
    expect(await tree([file('a')], [file('a/b')])).toEqual(['a/b file']);
    expect(await tree(lower, [dir('lib/'), file('lib/x', 'x')])).toEqual(['lib dir', ...upper]);
  });

  it('sees what changes on the way to a directory between two entries in it', async () => {
    const link = (name: string, linkname: string): TestEntry => ({ name, type: 'symlink', linkname });
    expect(await tree([dir('a/'), file('a/x'), link('a', 'b'), file('a/y', 'y')])).toEqual([
      'a symlink b',
      'b/y file y',
    ]);
    expect(await tree([link('l', 'd'), file('l/x', 'x')], [file('l/y', 'y')])).toEqual([
      'd/x file x',
      'l/y file y',
    ]);
    expect(await tree([link('d/l', 'e')], [file('d/l/x'), file('d/.wh..wh..opq'), file('d/l/y')])).toEqual([
      'd/l/x file',
      'd/l/y file',
    ]);
    expect(await tree([file('a/x'), file('x'), link('a', '/'), dir('a/', 0o700), file('a/y')])).toEqual([
      'a dir',
      'a/y file',
      'x file',
    ]);
    await expect(tree([dir('a/'), file('a/x'), file('a'), file('a/y')])).rejects.toThrow('is a file');
  });

  it('sees what changes on the way to the targets of two hard links', async () => {
    const hard = (name: string, linkname: string): TestEntry => ({ name, type: 'hardlink', linkname });
    const lower: TestEntry[] = [file('d/x', 'old'), { name: 'l', type: 'symlink', linkname: 'd' }];
    expect(await tree(lower, [hard('h1', 'l/x'), file('l/x', 'new'), hard('h2', 'l/x')])).toEqual([
      'd/x file old',
      'h1 hardlink old',
      'h2 hardlink new',
      'l/x file new',
    ]);
    const between = (...entries: TestEntry[]) =>
      tree(lower, [hard('h1', 'd/x'), ...entries, hard('h2', 'd/x')]);
    await expect(between(file('.wh.d'))).rejects.toThrow('not there');
    await expect(between(dir('d/'), file('d/.wh..wh..opq'))).rejects.toThrow('not there');
    expect(await between(file('.wh.d'), dir('d/'))).toContain('h2 hardlink old');
  });

  it('forgets what a layer did in a directory that it took away again', async () => {
    const lower = [dir('d/'), file('d/x')];
    expect(await tree(lower, [file('d/x', 'new'), file('d'), dir('d/'), file('d/.wh.x')])).toEqual(['d dir']);
    const again = [file('d/.wh.x'), file('d'), dir('d/'), file('d/x/y')];
    expect(await tree(lower, again)).toEqual(['d dir', 'd/x/y file']);
  });

  it('takes ./ and / as the root, and refuses ways out of it', async () => {
    expect(await tree([dir('./'), file('./a'), file('/b'), file('c//.//d')])).toEqual([
      '. dir',
      'a file',
      'b file',
      'c/d file',
    ]);
    expect(await tree([file('a/../b'), file('c/./../d/../e')])).toEqual(['b file', 'e file']);
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
      tar([file('db/status', 'old'), file('gone', 'g'), file('plain', 'shared')]),
      tar([
        { name: 'var', type: 'symlink', linkname: 'db' },
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
