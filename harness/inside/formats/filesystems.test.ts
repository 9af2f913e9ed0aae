import { describe, expect, it } from 'vitest';
import { expectReported, look } from '../../testing/inside/inside.ts';

/** Zeros with these bytes, in hex, at these places. */
function image(parts: [at: number, hex: string][], size = 8192): Buffer {
  const bytes = Buffer.alloc(size);
  for (const [at, hex] of parts) bytes.write(hex, at, 'hex');
  return bytes;
}

const MAGICS: Record<string, [number, string]> = {
  squashfs: [0, '68737173'],
  ext: [0x438, '53ef'],
  erofs: [1024, 'e2e1f5e0'],
  gpt: [512, '4546492050415254'],
  fat32: [82, '4641543332202020'],
  xfs: [0, '58465342'],
  btrfs: [0x10040, '5f42485266535f4d'],
  swap: [4086, '53574150535041434532'],
  iso9660: [32768, '014344303031'],
};
const SIZES: Record<string, number> = { btrfs: 0x12000, iso9660: 0x9000 };

const magic = (name: string): [number, string] => MAGICS[name] ?? [0, ''];

describe('superblocks', () => {
  it.each([
    ['squashfs', 'mkfs-time', 8],
    ['squashfs', 'flags', 24],
    ['ext', 'uuid', 0x468],
    ['ext', 'hash-seed', 0x4ec],
    ['ext', 'mkfs-time', 0x508],
    ['ext', 'write-time', 0x430],
    ['erofs', 'uuid', 1072],
    ['erofs', 'build-time', 1048],
    ['gpt', 'disk-guid', 568],
    ['gpt', 'partition 2 guid', 1024 + 128 + 16],
    ['fat32', 'volume-serial', 67],
    ['xfs', 'uuid', 32],
    ['btrfs', 'uuid', 0x10020],
    ['btrfs', 'device-uuid', 0x1010b],
    ['swap', 'uuid', 1036],
    ['iso9660', 'root time', 32942],
    ['iso9660', 'modification time', 33598],
  ])('%s: names %s', async (name, field, at) => {
    const size = SIZES[name];
    const node = await expectReported(image([magic(name)], size), image([magic(name), [at, '01']], size), [
      `${name} ${field}`,
    ]);
    expect(node?.fields[0]?.offset).toBe(at);
  });

  it('writes times and identities as people do', async () => {
    const a = image([magic('ext'), [0x508, '00f15365'], [0x468, '00112233445566778899aabbccddeeff']]);
    const fields = (await look(a, image([magic('ext')])))?.fields;
    expect(fields?.map((field) => field.a)).toEqual([
      '00112233-4455-6677-8899-aabbccddeeff',
      '2023-11-14T22:13:20Z',
    ]);
    const guid = image([magic('gpt'), [568, '00112233445566778899aabbccddeeff']]);
    expect((await look(guid, image([magic('gpt')])))?.fields[0]?.a).toBe(
      '33221100-5544-7766-8899-aabbccddeeff',
    );
  });

  it('shows what else differs as bytes', async () => {
    await expectReported(image([magic('ext')]), image([magic('ext'), [0x468, '01'], [5000, '01']]), [
      'ext uuid',
      'ext bytes',
    ]);
  });
});
