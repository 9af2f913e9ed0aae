import { describe, expect, it } from 'vitest';
import { expectReported, look } from '../../testing/inside/inside.ts';
import { zip, type TestZipEntry } from '../../testing/inside/zip.ts';

const base: TestZipEntry[] = [
  { name: 'META-INF/MANIFEST.MF', content: 'Manifest-Version: 1.0\nBuilt-By: me\n' },
  { name: 'a.txt', content: 'hello hello hello\n' },
];

const changed = (change: Partial<TestZipEntry>, at = 1): Buffer =>
  zip(base.map((entry, number) => (number === at ? { ...entry, ...change } : entry)));

/** "UT" with mtime only. */
const times = (seconds: number): Buffer => {
  const extra = Buffer.from('5554050001000000', 'hex');
  extra.writeUInt8(1, 4);
  const bytes = Buffer.alloc(9);
  extra.copy(bytes, 0, 0, 5);
  bytes.writeInt32LE(seconds, 5);
  return bytes;
};

describe('zip', () => {
  it.each([
    ['mtime', { time: 0x6000 }],
    ['external-attributes', { attributes: (0o100600 << 16) >>> 0 }],
    ['comment', { comment: 'built by hand' }],
  ])('names %s of an entry', async (field, change) => {
    await expectReported(zip(base), changed(change), [`zip/zip-entry:a.txt ${field}`]);
  });

  it('shows times as they are kept: local, without a zone', async () => {
    const node = await look(zip(base), changed({ time: (12 << 11) | (34 << 5) | 28 }));
    expect(node?.children[0]?.fields[0]).toMatchObject({
      a: '2024-01-01 00:00:00',
      b: '2024-01-01 12:34:56',
    });
  });

  it('reads extended times and names other extra fields', async () => {
    const a = changed({ extra: times(1_700_000_000) });
    const node = await expectReported(a, changed({ extra: times(1_700_000_001) }), [
      'zip/zip-entry:a.txt extra-mtime',
      'zip/zip-entry:a.txt local-extra-mtime',
    ]);
    expect(node?.children[0]?.fields[0]).toMatchObject({
      a: '2023-11-14T22:13:20Z',
      b: '2023-11-14T22:13:21Z',
    });
    await expectReported(zip(base), changed({ extra: Buffer.from('feca0000', 'hex') }), [
      'zip/zip-entry:a.txt extra-jar',
      'zip/zip-entry:a.txt local-extra-jar',
    ]);
  });

  it('goes into members, stored or deflated', async () => {
    const other = 'Manifest-Version: 1.0\nBuilt-By: you\n';
    const node = await expectReported(zip(base), changed({ content: other }, 0), [
      'zip/text:META-INF/MANIFEST.MF diff',
    ]);
    expect(node?.children[0]?.diff).toContain('-Built-By: me\n+Built-By: you\n');
    await expectReported(changed({ stored: true }), changed({ stored: true, content: 'x\n' }), [
      'zip/text:a.txt diff',
    ]);
    await expectReported(zip(base), changed({ stored: true }), ['zip/zip-entry:a.txt method']);
  });

  it('names order, additions and the comment of the archive', async () => {
    await expectReported(zip(base), zip(base.toReversed()), ['zip order']);
    await expectReported(zip(base), zip([...base, { name: 'z', content: '' }]), ['zip/zip-entry:z added']);
    await expectReported(zip(base), zip(base, 'note'), ['zip comment']);
  });

  it('is found behind what stands in front of it, whose places count from there or from the beginning', async () => {
    const behind = (prefix: string, ...entries: Parameters<typeof zip>): Buffer =>
      Buffer.concat([Buffer.from(prefix), zip(...entries)]);
    await expectReported(behind('#!/bin/sh\n', base), behind('#!/bin/bash\n', base), [
      'zip/text:prefix diff',
    ]);
    await expectReported(behind('MZ', base), behind('MZ', base.toReversed()), ['zip order']);
    const shifted = (name: string): Buffer => {
      const [prefix, archive] = [Buffer.from('#!/bin/sh\n'), zip([{ name, content: 'x' }])];
      const end = archive.length - 22;
      const directory = archive.readUInt32LE(end + 16);
      archive.writeUInt32LE(directory + prefix.length, end + 16);
      archive.writeUInt32LE(prefix.length, directory + 42);
      return Buffer.concat([prefix, archive]);
    };
    await expectReported(shifted('a'), shifted('b'), ['zip/zip-entry:a removed', 'zip/zip-entry:b added']);
  });
});
