import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { parseRpmHeader } from './rpm-header.ts';
import type { RpmHeader } from './rpm-header.ts';

/** rpm-format(5): a lead, a header with signatures that is filled up to eight bytes, then the header. */
const LEAD = { magic: 0xedabeedb, bytes: 96 };
const HEADER_MAGIC = 0x8eade801;
/** Magic and four reserved bytes, number of entries, bytes of data. */
const INTRO_BYTES = 16;
const ENTRY_BYTES = 16;
const MAX_HEADER_BYTES = 64 * 1024 ** 2;

/**
 * What an .rpm says of itself.
 * @returns the header, or a sentence that says why there is none
 */
export async function readRpmFile(path: string): Promise<RpmHeader | string> {
  await using file = await open(path);
  const lead = await bytesAt(file, 0, 4);
  if (lead?.readUInt32BE(0) !== LEAD.magic) return 'this is no rpm package';
  const signatures = await headerAt(file, LEAD.bytes);
  if (signatures === null) return 'the rpm package has no signature header';
  const header = await headerAt(file, Math.ceil(signatures.end / 8) * 8);
  if (header === null) return 'the rpm package has no header';
  const blob = await bytesAt(file, header.start, header.end - header.start);
  return blob === null ? 'the rpm package is cut off' : parseRpmHeader(blob);
}

/** Where a header lies, without its magic; null when none begins there. */
async function headerAt(file: FileHandle, at: number): Promise<{ start: number; end: number } | null> {
  const intro = await bytesAt(file, at, INTRO_BYTES);
  if (intro?.readUInt32BE(0) !== HEADER_MAGIC) return null;
  const bytes = intro.readUInt32BE(8) * ENTRY_BYTES + intro.readUInt32BE(12);
  return bytes > MAX_HEADER_BYTES ? null : { start: at + 8, end: at + INTRO_BYTES + bytes };
}

/** Null when the file ends before. */
async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer | null> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  return bytesRead === length ? buffer : null;
}
