import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rpmDatabase, rpmHeader as header, type TestTag } from '../../testing/packages/rpm/rpm.ts';
import { cpio } from '../../testing/inside/cpio.ts';
import { expectReported } from '../../testing/inside/inside.ts';

const tags: TestTag[] = [
  [1000, 6, ['tool']],
  [1001, 6, ['1.0']],
  [1002, 6, ['1']],
  [1006, 4, [1_700_000_000]],
  [1007, 6, ['builder.example']],
  [1034, 4, [1, 2, 3]],
];

const withTag = (tag: TestTag): TestTag[] => tags.map((known) => (known[0] === tag[0] ? tag : known));

/** Header with the magic that it has in a package. */
const packed = (list: TestTag[]): Buffer =>
  Buffer.concat([Buffer.from('8eade80100000000', 'hex'), header(list)]);

function rpm(list: TestTag[], payload = cpio([{ name: './x', content: 'x\n' }])): Buffer {
  const lead = Buffer.alloc(96);
  lead.writeUInt32BE(0xedabeedb, 0);
  lead.write('tool-1.0-1', 10);
  const signature = packed([[1004, 7, Buffer.alloc(16, 1)]]);
  const padding = Buffer.alloc((8 - (signature.length % 8)) % 8);
  return Buffer.concat([lead, signature, padding, packed(list), gzipSync(payload)]);
}

describe('rpm', () => {
  it.each<[string, TestTag, string, string]>([
    ['BUILDTIME', [1006, 4, [1_700_000_001]], '2023-11-14T22:13:20Z', '2023-11-14T22:13:21Z'],
    ['BUILDHOST', [1007, 6, ['other.example']], 'builder.example', 'other.example'],
    ['FILEMTIMES[1]', [1034, 4, [1, 9, 3]], '1970-01-01T00:00:02Z', '1970-01-01T00:00:09Z'],
  ])('names %s', async (field, tag, a, b) => {
    const node = await expectReported(rpm(tags), rpm(withTag(tag)), [`rpm ${field}`]);
    expect(node?.fields).toEqual([{ field, offset: null, a, b }]);
  });

  it('names the lead, and a tag that only one has', async () => {
    const other = rpm(tags);
    other.write('tool-1.0-2', 10);
    await expectReported(rpm(tags), other, ['rpm lead name']);
    await expectReported(rpm(tags), rpm([...tags, [1094, 6, ['cookie']]]), ['rpm COOKIE']);
  });

  it('goes into the payload', async () => {
    await expectReported(rpm(tags), rpm(tags, cpio([{ name: './x', content: 'y\n' }])), [
      'rpm/gzip:payload/cpio:content/text:./x diff',
    ]);
  });

  it('reads the headers in a database', async () => {
    const installed = (seconds: number): Buffer =>
      header([...tags, [1008, 4, [seconds]], [1128, 4, [seconds]]]);
    const node = await expectReported(rpmDatabase([installed(1)]), rpmDatabase([installed(2)]), [
      'sqlite/sqlite-table:Packages/sqlite-row:rowid 1/rpm-header:blob INSTALLTIME',
      'sqlite/sqlite-table:Packages/sqlite-row:rowid 1/rpm-header:blob INSTALLTID',
    ]);
    expect(JSON.stringify(node)).toContain('1970-01-01T00:00:02Z');
  });
});
