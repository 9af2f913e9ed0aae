import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Random } from '../../bench/images/random.ts';
import { sealed, tar, type TestDialect, type TestEntry } from '../../harness/oci/tar/test-tar.ts';

const DIALECTS: TestDialect[] = ['v7', 'ustar', 'star', 'gnu', 'pax'];
const TYPES = ['file', 'hardlink', 'symlink', 'chardev', 'blockdev', 'dir', 'fifo'] as const;
const NAMES = [
  'a',
  'a/b',
  'a/b/c',
  './a',
  '/a',
  'a/../b',
  '.wh.a',
  'a/.wh..wh..opq',
  '..',
  'x'.repeat(300),
  '\xff\n',
  '',
];

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)] as T;
}

/** A small archive of entries that engines, and readers, disagree about. */
export function randomTar(random: Random): Buffer {
  const entries = Array.from({ length: random.below(6) }, (): TestEntry => {
    const type = pick(random, TYPES);
    return {
      name: pick(random, NAMES),
      type,
      linkname: pick(random, NAMES),
      mode: random.below(0o10000),
      uid: random.below(3) === 0 ? random.word() : random.below(10),
      mtime: String(random.below(2 ** 31)),
      ...(type === 'file' ? { content: Buffer.alloc(random.below(1500), random.below(256)) } : {}),
      ...(random.below(8) === 0
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
