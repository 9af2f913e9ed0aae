import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { END, extension, paxRecord, tar, type TestEntry } from '../../testing/oci/tar/tar.ts';
import { ar, type TestArEntry } from '../../testing/inside/ar.ts';
import { expectReported, look, reported } from '../../testing/inside/inside.ts';

const deb = (
  change: Partial<TestArEntry> = {},
  files: TestEntry[] = [{ name: './x', content: 'x\n' }],
): Buffer =>
  ar([
    { name: 'debian-binary', content: '2.0\n' },
    { name: 'data.tar.gz', content: gzipSync(tar(files)), ...change },
  ]);

describe('ar', () => {
  it.each([
    ['mtime', { mtime: 1_700_000_000 }],
    ['uid', { uid: 1000 }],
    ['gid', { gid: 1000 }],
    ['mode', { mode: '100600' }],
  ])('names %s', async (field, change) => {
    const node = await expectReported(deb(), deb(change), [`ar/ar-entry:data.tar.gz ${field}`]);
    // The header of the second member: after the magic, and a header and four bytes.
    expect(node?.children[0]?.fields[0]?.offset).toBeGreaterThanOrEqual(8 + 60 + 4);
  });

  it('goes into the archives of a package', async () => {
    await expectReported(deb(), deb({}, [{ name: './x', content: 'y\n' }]), [
      'ar/gzip:data.tar.gz/tar:content/text:./x diff',
    ]);
    await expectReported(deb(), deb({}, [{ name: './x', content: 'x\n', mtime: '9' }]), [
      'ar/gzip:data.tar.gz/tar:content/tar-entry:./x mtime',
    ]);
  });

  it('names order, and what is only in one', async () => {
    const [one, other] = [
      { name: 'a.o/', content: '1' },
      { name: 'b.o/', content: '22' },
    ];
    const node = await expectReported(ar([one, other]), ar([other, one]), ['ar order']);
    expect(node?.fields).toEqual([{ field: 'order', offset: null, a: 'a.o', b: 'b.o' }]);
    await expectReported(ar([one]), ar([one, other]), ['ar/ar-entry:b.o added']);
    await expectReported(ar([one, other]), ar([other]), ['ar/ar-entry:a.o removed']);
  });

  it('reads long names of both kinds, and the same name twice', async () => {
    const gnu = (content: string): Buffer =>
      ar([
        { name: '//', content: 'a-name-longer-than-sixteen.o/\n' },
        { name: '/0', content },
      ]);
    await expectReported(gnu('a'), gnu('b'), ['ar/text:a-name-longer-than-sixteen.o diff']);
    const bsd = (content: string): Buffer =>
      ar([{ name: '#1/20', content: `a-name-as-bsd-has.o\0${content}` }]);
    await expectReported(bsd('a'), bsd('b'), ['ar/text:a-name-as-bsd-has.o diff']);
    const twice = (content: string): Buffer =>
      ar([
        { name: 'x/', content: 'a' },
        { name: 'x/', content },
      ]);
    await expectReported(twice('a'), twice('b'), ['ar/text:x (2) diff']);
  });
});

describe('tar', () => {
  const base: TestEntry[] = [
    { name: 'd/', type: 'dir', mode: 0o755 },
    { name: 'd/f', content: 'text\n', uname: 'root', atime: '3' },
    { name: 'd/l', type: 'symlink', linkname: 'f' },
  ];
  const with_ = (change: Partial<TestEntry>, at = 1): Buffer =>
    tar(base.map((entry, number) => (number === at ? { ...entry, ...change } : entry)));

  it.each([
    ['mode', { mode: 0o600 }],
    ['uid', { uid: 5 }],
    ['gid', { gid: 5 }],
    ['mtime', { mtime: '1.5' }],
    ['uname', { uname: 'me' }],
    ['gname', { gname: 'me' }],
    ['atime', { atime: '4' }],
    ['xattr user.a', { xattrs: { 'user.a': 'x' } }],
  ])('names %s', async (field, change) => {
    await expectReported(tar(base), with_(change), [`tar/tar-entry:d/f ${field}`]);
  });

  it('names links, order, additions and what follows the end', async () => {
    await expectReported(tar(base), with_({ linkname: 'g' }, 2), ['tar/tar-entry:d/l linkname']);
    await expectReported(tar(base), tar([...base.slice(0, 1), ...base.slice(1).reverse()]), ['tar order']);
    await expectReported(tar(base), tar([...base, { name: 'e' }]), ['tar/tar-entry:e added']);
    await expectReported(tar(base), Buffer.concat([tar(base), Buffer.alloc(512)]), ['tar trailer']);
  });

  it('shows a global header where it stands: in front of an entry, or after the end', async () => {
    const global = extension('g', paxRecord('comment', Buffer.from('x')), 'pax');
    const changed = with_({ mode: 0o600 });
    await expectReported(tar(base), Buffer.concat([global, changed]), [
      'tar/tar-entry:d/ global-pax-header-name',
      'tar/tar-entry:d/ global-pax-header comment',
      'tar/tar-entry:d/f mode',
    ]);
    const behind = Buffer.concat([tar(base).subarray(0, -END.length), global, END]);
    await expectReported(tar(base), behind, [
      'tar trailer',
      'tar/bytes:trailer format',
      'tar/bytes:trailer bytes',
    ]);
  });

  it('goes on for a member whose header differs as well', async () => {
    expect(reported(await look(tar(base), with_({ mode: 0o600, content: 'other\n' })))).toEqual([
      'tar/tar-entry:d/f mode',
      'tar/tar-entry:d/f/text:content diff',
    ]);
  });

  const many = (last: Partial<TestEntry>, mtime = '1'): Buffer =>
    tar([...Array.from({ length: 300 }, (_, at) => ({ name: `f${at}`, mtime })), { name: 'z', ...last }]);

  it('lists a bounded number of members, and counts those that differ in the same fields', async () => {
    const node = await look(many({}), many({}, '2'));
    expect(node?.children).toHaveLength(200);
    expect(node).toMatchObject({ more: 100 });
    expect(node?.limits).toBeUndefined();
  });

  it.each<[string, Partial<TestEntry>]>([
    ['in its content', { content: 'x' }],
    ['in another field', { mode: 0o600 }],
    ['in a value of another kind', { mtime: '-1' }],
  ])('says that there is more where a member beyond them differs %s', async (_, last) => {
    const node = await look(many({}), many(last, '2'));
    expect(node?.limits).toEqual(['count']);
  });

  it('says nothing of members beyond them that are equal', async () => {
    const some = (mtime: string): TestEntry[] =>
      Array.from({ length: 200 }, (_, at) => ({ name: `f${at}`, mtime }));
    const rest = Array.from({ length: 100 }, (_, at) => ({ name: `g${at}`, content: 'x' }));
    const node = await look(tar([...some('1'), ...rest]), tar([...some('2'), ...rest]));
    expect(node?.children).toHaveLength(200);
    expect(node?.limits ?? node?.more).toBeUndefined();
  });
});
