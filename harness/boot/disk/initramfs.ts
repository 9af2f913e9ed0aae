import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { CPIO_TRAILER, readCpioHeader } from '../../inside/formats/cpio-header.ts';
import { unxz } from '../../oci/unxz.ts';

/** Bytes of all that is in one; real ones have up to 300 MiB. */
const LARGEST = 1024 * 2 ** 20;
const MOST_NAMES = 100_000;

/** The paths in an initramfs; null where some part of it has a form that is not read here, or is broken. */
export async function initramfsPaths(bytes: Buffer): Promise<Set<string> | null> {
  const paths = new Set<string>();
  try {
    await collect(bytes, paths, true);
    return paths;
  } catch {
    return null;
  }
}

/**
 * An initramfs is a row of archives with zeros between them; the last one may be compressed, as a whole.
 * Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */
async function collect(bytes: Buffer, paths: Set<string>, compressed: boolean): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    if (bytes[at] === 0) at += 1;
    else if (/^07070[12]$/.test(bytes.toString('latin1', at, at + 6))) at = archive(bytes, at, paths);
    else if (compressed) return collect(await expand(bytes.subarray(at)), paths, false);
    else throw unread();
  }
}

/** @returns where the archive ends */
function archive(bytes: Buffer, from: number, paths: Set<string>): number {
  for (let at = from; ;) {
    const { name, end } = readCpioHeader(bytes, at, from);
    if (end > bytes.length) throw unread();
    at = end;
    if (name === CPIO_TRAILER) return at;
    paths.add(name.replace(/^\.?\//, ''));
    if (paths.size > MOST_NAMES) throw unread();
  }
}

async function expand(bytes: Buffer): Promise<Buffer> {
  const limit = { maxOutputLength: LARGEST };
  if (bytes.readUInt16BE(0) === 0x1f8b) return gunzipSync(bytes, limit);
  if (bytes.readUInt32LE(0) === 0xfd2fb528)
    return zstdDecompressSync(bytes, { ...limit, params: { [constants.ZSTD_d_windowLogMax]: 27 } });
  if (bytes.subarray(0, 6).equals(Buffer.from('fd377a585a00', 'hex'))) return expandXz(bytes);
  throw unread();
}

async function expandXz(bytes: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of unxz(bytes, LARGEST, unread)) parts.push(part);
  return Buffer.concat(parts);
}

const unread = (): Error => new Error('an initramfs that is not read here');
