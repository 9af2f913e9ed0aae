import type { FileHandle } from 'node:fs/promises';
import { TwinproofError } from '../../errors.ts';

/**
 * What a disk was told, in the order in which it was done: the log of dm-log-writes, as QEMU's blklogwrites writes it.
 * Source: Linux, drivers/md/dm-log-writes.c; QEMU, block/blklogwrites.c.
 */
export interface LogEntry {
  /** A flush: everything before it is on the disk for good. */
  flush: boolean;
  /** This write is on the disk for good once it is done (force unit access). */
  forced: boolean;
  /** What was there is no longer needed. */
  discard: boolean;
  /** Bytes from the start of the disk. */
  offset: number;
  /** Bytes. */
  length: number;
  /** Of the data, in the log. */
  place: number;
}

const MAGIC = 0x6a736677736872n;
const VERSION = 1n;
const FLUSH = 1n;
const FORCED = 2n;
const DISCARD = 4n;
const HEADER = 32;
/** Entries that are read; starting a system and updating it makes a few thousand. */
const MOST = 1_000_000;

/**
 * Reads the entries of a log, without their data.
 * @throws TwinproofError `internal` when it is no such log, or ends in the middle of an entry
 */
export async function readWriteLog(file: FileHandle): Promise<LogEntry[]> {
  const head = await piece(file, 0, HEADER);
  const sector = head.readUInt32LE(24);
  if (head.readBigUInt64LE(0) !== MAGIC || head.readBigUInt64LE(8) !== VERSION)
    throw broken('no log of writes');
  if (sector < 512 || sector > 65_536) throw broken(`sectors of ${sector} bytes`);
  const count = Number(head.readBigUInt64LE(16));
  if (count > MOST) throw broken(`${count} entries`);
  const entries: LogEntry[] = [];
  let at = sector;
  for (let number = 0; number < count; number++) {
    const { entry, data } = parseEntry(await piece(file, at, HEADER), sector);
    entries.push({ ...entry, place: at + sector });
    at += sector + data;
    if (!Number.isSafeInteger(at)) throw broken('an entry that is too long');
  }
  if (at > (await file.stat()).size) throw broken('its last entry is cut short');
  return entries;
}

/** An entry without its place, and how many bytes of data follow it. */
function parseEntry(header: Buffer, sector: number): { entry: Omit<LogEntry, 'place'>; data: number } {
  const offset = Number(header.readBigUInt64LE(0)) * sector;
  const length = Number(header.readBigUInt64LE(8)) * sector;
  const flags = header.readBigUInt64LE(16);
  // Of marks, which QEMU does not make.
  const own = Math.ceil(Number(header.readBigUInt64LE(24)) / sector) * sector;
  const has = (flag: bigint): boolean => (flags & flag) !== 0n;
  const discard = has(DISCARD);
  const entry = { flush: has(FLUSH), forced: has(FORCED), discard, offset, length };
  return { entry, data: own + (discard ? 0 : length) };
}

async function piece(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  if (bytesRead < length) throw broken('it ends too early');
  return buffer;
}

const broken = (reason: string): TwinproofError =>
  new TwinproofError('internal', `the log of a disk's writes cannot be read: ${reason}`);
