import { readFile } from 'node:fs/promises';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
// A CommonJS bundle whose names Node cannot see.
import xz from 'xz-decompress';
import { TwinproofError } from '../../errors.ts';

const MAX_TAR_BYTES = 2 * 1024 ** 3;

/** The two archives in a Debian package (deb(5)), as uncompressed tar. */
export interface DebContents {
  control: AsyncIterable<Buffer>;
  data: AsyncIterable<Buffer>;
}

/** @throws TwinproofError `input-mismatch` when the file is no Debian package */
export async function openDeb(path: string): Promise<DebContents> {
  const members = arMembers(await readFile(path), path);
  const open = (stem: string): AsyncIterable<Buffer> => {
    const found = members.find(({ name }) => name === stem || name.startsWith(`${stem}.`));
    if (found === undefined) throw broken(path, `has no ${stem}`);
    return expand(found, path);
  };
  return { control: open('control.tar'), data: open('data.tar') };
}

interface ArMember {
  name: string;
  bytes: Buffer;
}

/** Common ar format: magic, then 60-byte headers with name (16), …, size (10) at 48, and data padded to even length. */
function arMembers(bytes: Buffer, path: string): ArMember[] {
  if (bytes.toString('latin1', 0, 8) !== '!<arch>\n') throw broken(path, 'is no ar archive');
  const members: ArMember[] = [];
  for (let at = 8; at + 60 <= bytes.length;) {
    const name = bytes
      .toString('latin1', at, at + 16)
      .trimEnd()
      .replace(/\/$/, '');
    const size = Number(bytes.toString('latin1', at + 48, at + 58).trim());
    const end = at + 60 + size;
    if (!Number.isSafeInteger(size) || size < 0 || end > bytes.length)
      throw broken(path, `is cut off in member ${name}`);
    members.push({ name, bytes: bytes.subarray(at + 60, end) });
    at = end + (size % 2);
  }
  return members;
}

async function* expand({ name, bytes }: ArMember, path: string): AsyncIterable<Buffer> {
  const suffix = name.split('.').at(-1);
  switch (suffix) {
    case 'tar':
      yield bytes;
      return;
    case 'gz':
      yield gunzipSync(bytes, { maxOutputLength: MAX_TAR_BYTES });
      return;
    case 'zst':
      yield zstdDecompressSync(bytes, { maxOutputLength: MAX_TAR_BYTES });
      return;
    case 'xz': {
      let total = 0;
      for await (const piece of new xz.XzReadableStream(new Blob([new Uint8Array(bytes)]).stream())) {
        total += piece.length;
        if (total > MAX_TAR_BYTES) throw broken(path, `holds more than ${MAX_TAR_BYTES} bytes`);
        yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      }
      return;
    }
    default:
      throw broken(path, `compresses ${name} in an unknown way`);
  }
}

const broken = (path: string, what: string): TwinproofError =>
  new TwinproofError('input-mismatch', `the Debian package ${what}`, {
    where: path,
    hint: 'refresh the lock with `twinproof lock`',
  });
