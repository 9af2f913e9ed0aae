import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwinproofError } from '../../errors.ts';
import { findTool } from '../../setup/tools.mjs';
import { HEAD, isDisk, probeDisk } from './format.ts';

const sector = (changes: [at: number, bytes: string][]): Buffer => {
  const head = Buffer.alloc(HEAD);
  for (const [at, bytes] of changes) head.write(bytes, at, 'latin1');
  return head;
};
const BOOTABLE: [number, string] = [510, '\x55\xaa'];

describe('a raw disk', () => {
  it('has a boot sector, or is an ext file system', () => {
    for (const head of [sector([BOOTABLE]), sector([[1080, '\x53\xef']])])
      expect(probeDisk(head, 2 ** 20)).toEqual({ format: 'raw', bytes: 2 ** 20 });
  });

  it.each([
    ['nothing', sector([])],
    ['few bytes', Buffer.from('hello')],
    ['a gzip that ends its first sector like one', sector([BOOTABLE, [0, '\x1f\x8b']])],
    ['a tar', sector([BOOTABLE, [257, 'ustar']])],
  ])('is not %s', (_what, head) => {
    expect(isDisk(head)).toBe(false);
    expect(() => probeDisk(head, 1)).toThrow('neither qcow2 nor');
  });

  it('is not what another program keeps disks in', () => {
    for (const [at, magic] of [
      [0, 'KDMV'],
      [0x40, '\x7f\x10\xda\xbe'],
      [0, 'vhdxfile'],
      [0, 'LUKS\xba\xbe'],
    ] as const) {
      const head = sector([[at, magic], BOOTABLE]);
      expect(isDisk(head)).toBe(true);
      expect(() => probeDisk(head, 1)).toThrow(/it is \w+; qcow2 and raw are read/);
    }
  });
});

/** The first bytes of what qemu-img makes. */
async function made(...options: string[]): Promise<{ head: Buffer; size: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'format-'));
  try {
    // A name that says something else.
    const path = join(folder, 'disk.raw');
    await execa('qemu-img', ['create', '-q', '-f', 'raw', join(folder, 'other'), '1M']);
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', ...options, path, '3M'], { cwd: folder });
    await using file = await open(path);
    const head = Buffer.alloc(HEAD);
    await file.read(head, 0, HEAD, 0);
    return { head, size: (await file.stat()).size };
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a qcow2 disk of qemu-img', () => {
  // Unit tests run without QEMU; `npm test` installs it first.
  const its = findTool('qemu-img') === null ? it.skip : it;

  its.each([
    ['of version 3', []],
    ['of version 2', ['-o', 'compat=0.10']],
    ['with zstd', ['-o', 'compression_type=zstd']],
    ['with parts of clusters', ['-o', 'extended_l2=on']],
  ])('%s is read', async (_what, options) => {
    const { head, size } = await made(...options);
    expect(probeDisk(head, size)).toEqual({ format: 'qcow2', bytes: 3 * 2 ** 20 });
  });

  its.each([
    ['with a backing file', ['-b', 'other', '-F', 'raw'], 'it has a backing file'],
    ['with data elsewhere', ['-o', 'data_file=data'], 'its data is in another file'],
  ])('%s is not', async (_what, options, reason) => {
    const { head, size } = await made(...options);
    expect(isDisk(head)).toBe(true);
    expect(() => probeDisk(head, size)).toThrow(reason);
  });
});

describe('a qcow2 header that lies', () => {
  it.each<[string, (head: Buffer) => void, string]>([
    ['a version to come', (head) => head.writeUInt32BE(4, 4), 'version 4'],
    ['features to come', (head) => head.writeBigUInt64BE(1n << 40n, 72), 'are not known'],
    ['a mark that it is corrupt', (head) => head.writeBigUInt64BE(2n, 72), 'it is marked as corrupt'],
    ['encryption', (head) => head.writeUInt32BE(2, 32), 'it is encrypted'],
    ['no size there is', (head) => head.writeBigUInt64BE(2n ** 63n, 24), 'its size is none'],
  ])('has %s', (_what, change, reason) => {
    const head = sector([[0, 'QFI\xfb']]);
    head.writeUInt32BE(3, 4);
    change(head);
    expect(() => probeDisk(head, 1)).toThrow(reason);
  });

  it('ends in an answer or the one error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, magic) => {
        const head = Buffer.concat([Buffer.from(magic ? 'QFI\xfb' : '', 'latin1'), bytes]);
        try {
          expect(['raw', 'qcow2']).toContain(probeDisk(head, head.length).format);
        } catch (error) {
          expect(error).toBeInstanceOf(TwinproofError);
        }
      }),
    );
  });
});
