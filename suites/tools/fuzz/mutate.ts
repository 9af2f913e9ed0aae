import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Random } from '../../../bench/images/random.ts';
import { sealed, tar, type TestDialect, type TestEntry } from '../../../harness/testing/oci/tar/tar.ts';

const DIALECTS: TestDialect[] = ['v7', 'ustar', 'star', 'gnu', 'pax'];
const TYPES = ['file', 'hardlink', 'symlink', 'chardev', 'blockdev', 'dir', 'fifo'] as const;
const NAMES = [
  'a',
  'b',
  'c',
  'd/',
  'd/a',
  'd/b/c',
  './a',
  '/a',
  '.wh.a',
  'd/.wh..wh..opq',
  'x'.repeat(300),
  '\xff\n',
];
/** Names that engines refuse, or take for something else. */
const BAD_NAMES = ['..', '', 'a/../b', 'a/b', '../x', '.', '/'];

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)] as T;
}

/** A small archive of entries that engines, and readers, disagree about. */
export function randomTar(random: Random): Buffer {
  const entries = Array.from({ length: random.below(6) }, (): TestEntry => {
    const type = random.below(2) === 0 ? 'file' : pick(random, TYPES);
    return {
      name: pick(random, random.below(12) === 0 ? BAD_NAMES : NAMES),
      type,
      linkname: pick(random, NAMES),
      mode: random.below(0o10000),
      uid: random.below(3) === 0 ? random.word() : random.below(10),
      mtime: String(random.below(2 ** 31)),
      ...(type === 'file' ? { content: Buffer.alloc(random.below(1500), random.below(256)) } : {}),
      ...(random.below(20) === 0
        ? { flag: pick(random, ['L', 'K', 'x', 'g', 'S', 'V', 'Z', '7', '\0']) }
        : {}),
    };
  });
  return tar(entries, pick(random, DIALECTS));
}

/** Bytes flipped, cut, doubled, moved; header checksums made right again half of the time. */
export function mutated(random: Random, bytes: Buffer): Buffer {
  let out = Buffer.from(bytes);
  for (let left = random.below(4); left > 0 && out.length > 0; left--) {
    const at = random.below(out.length);
    const kind = random.below(5);
    if (kind < 2) out[at] = random.below(256);
    else if (kind === 2) out = out.subarray(0, at);
    else if (kind === 3) out = Buffer.concat([out, out.subarray(at, at + random.below(2000))]);
    else out = Buffer.concat([out.subarray(0, at), out.subarray(at + 1 + random.below(600))]);
  }
  if (random.below(2) === 0) {
    for (let at = 0; at + 512 <= out.length; at += 512) {
      if (out[at] !== 0) sealed(out.subarray(at, at + 512));
    }
  }
  return out;
}

export function compressed(random: Random, bytes: Buffer): Buffer {
  const kind = random.below(4);
  if (kind === 0) return bytes;
  if (kind === 1) return zstdCompressSync(bytes);
  const half = random.below(bytes.length + 1);
  return kind === 2
    ? gzipSync(bytes)
    : Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(bytes.subarray(half))]);
}

/** The first header with a byte set that means nothing in any dialect (POSIX: 500 to 511 are unused). */
export function withOddHeader(random: Random, tar: Buffer): Buffer {
  const out = Buffer.from(tar);
  if (out.length < 512 || out[0] === 0) return out;
  out[500 + random.below(8)] = 1 + random.below(255);
  sealed(out.subarray(0, 512));
  return out;
}

/** The first file that has content with one byte of it changed. */
export function withOddContent(random: Random, tar: Buffer): Buffer {
  const out = Buffer.from(tar);
  for (let at = 0; at + 512 < out.length && out[at] !== 0;) {
    const size = Number.parseInt(out.toString('latin1', at + 124, at + 135), 8) || 0;
    const place = at + 512 + random.below(size + 1);
    if (out[at + 156] === 0x30 && size > 0 && place < out.length) {
      out[place] = (out[place] ?? 0) ^ 1;
      return out;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return out;
}
