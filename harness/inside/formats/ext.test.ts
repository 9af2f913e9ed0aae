import { describe, expect, it } from 'vitest';
import { ext } from '../../testing/inside/ext.ts';
import { expectReported, look, reported } from '../../testing/inside/inside.ts';

describe('ext', () => {
  it('names identity and times; checksums that follow from them are no difference of their own', async () => {
    await expectReported(ext(), ext({ uuid: 'v'.repeat(16), sums: 7 }), ['ext uuid', 'ext checksum']);
    await expectReported(ext(), ext({ time: 9, sums: 7 }), ['ext checksum', 'ext inode 2 time']);
  });

  it('shows what else differs: contents, and what inodes say', async () => {
    const other = { uuid: 'v'.repeat(16), sums: 7 };
    const node = await look(ext(), ext({ ...other, content: 'next' }));
    expect(reported(node)).toEqual(['ext uuid', 'ext checksum', 'ext bytes']);
    expect(node).toMatchObject({ differing: 1 });
    expect(reported(await look(ext(), ext({ ...other, mode: 0o100755 })))).toContain('ext bytes');
  });

  it('reads no tables that lie over each other or beyond the end', async () => {
    for (const [at, value] of [
      [0x4, 0xffffffff],
      [0x28, 0xffffffff],
      [0x20, 1],
    ] as const) {
      const pair = [ext(), ext({ uuid: 'v'.repeat(16), sums: 7 })] as const;
      for (const bytes of pair) bytes.writeUInt32LE(value, 1024 + at);
      expect(reported(await look(...pair))).toEqual(['ext uuid', 'ext checksum', 'ext bytes']);
    }
  });
});
