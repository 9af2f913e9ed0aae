import { open } from 'node:fs/promises';
import { compressionOf, decompress } from '../../oci/layers/decompress.ts';
import { DEFAULT_LIMITS } from '../../oci/limits.ts';
import { unxz } from '../../oci/unxz.ts';
import { HEAD, isArchive, isDisk } from './format.ts';

/** Bytes of a compressed file that are enough for the first of what is in it. */
const ENOUGH = 8 * 2 ** 20;
/** Names of disks, with one more extension for the compression. */
const DISK_NAME = /\.(?:raw|img|qcow2?|vmdk|vdi|vhdx?|iso)\.[a-z0-9]+$/i;
const PROGRAMS: Record<string, string> = {
  gzip: 'gunzip',
  bzip2: 'bunzip2',
  xz: 'unxz',
  zstd: 'unzstd',
  lz4: 'unlz4',
};

/**
 * How a disk in a file is compressed, and the program that undoes that; null for what is no compressed disk. It is recognised by the
 * first bytes of what is in it, or by its name, unless an archive is in it: that of an image may be compressed as well.
 */
export async function compressedDisk(path: string): Promise<{ kind: string; program: string } | null> {
  const bytes = await beginning(path);
  const kind = compressionOf(bytes);
  const program = PROGRAMS[kind];
  if (program === undefined) return null;
  const inside = await firstInside(bytes, kind);
  const named = DISK_NAME.test(path) && (inside === null || !isArchive(inside));
  const found = named || (inside !== null && isDisk(inside));
  return found ? { kind, program } : null;
}

/** Whether there is nothing at all, or nothing but zeros. */
export const isEmpty = (head: Buffer): boolean => head.every((byte) => byte === 0);

async function beginning(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(ENOUGH), 0, ENOUGH, 0);
  return buffer.subarray(0, bytesRead);
}

/** Null when it is not read here, or broken from the beginning. */
async function firstInside(bytes: Buffer, kind: string): Promise<Buffer | null> {
  if (kind === 'xz') return firstOf(unxz(bytes, ENOUGH, () => new Error('enough')));
  if (kind === 'gzip' || kind === 'zstd') return firstOf(decompress(one(bytes), '', DEFAULT_LIMITS));
  return null;
}

// eslint-disable-next-line @typescript-eslint/require-await -- what is read elsewhere comes in pieces
async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function firstOf(pieces: AsyncGenerator<Buffer>): Promise<Buffer | null> {
  let head = Buffer.alloc(0);
  try {
    for await (const piece of pieces) {
      head = Buffer.concat([head, piece]);
      if (head.length >= HEAD) break;
    }
  } catch {
    // Of a file that is cut off, as this one is, what came before that counts.
  }
  return head.length === 0 ? null : head.subarray(0, HEAD);
}
