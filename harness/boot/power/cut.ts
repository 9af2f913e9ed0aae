import type { FileHandle } from 'node:fs/promises';
import type { LogEntry } from './write-log.ts';

/** Random numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Which of the first `count` entries are on a disk whose power is cut then: everything before the last flush, what was
 * forced, and of the rest any part, for a disk writes what it keeps in its cache in an order of its own.
 * @param random decides for each write that nothing forces
 */
export function survivors(entries: LogEntry[], count: number, random: () => number): LogEntry[] {
  const done = entries.slice(0, count);
  const flushed = done.findLastIndex(({ flush }) => flush);
  return done.filter((entry, at) => at <= flushed || entry.forced || random() < 0.5);
}

/** Bytes copied at a time. */
const PIECE = 2 ** 20;

/** Writes entries onto a disk. What was discarded keeps its content, as it may on a real disk. */
export async function replay(log: FileHandle, disk: FileHandle, entries: LogEntry[]): Promise<void> {
  const buffer = Buffer.alloc(PIECE);
  for (const { discard, offset, length, place } of entries) {
    if (discard) continue;
    for (let at = 0; at < length; at += PIECE) {
      const wanted = Math.min(PIECE, length - at);
      const { bytesRead } = await log.read(buffer, 0, wanted, place + at);
      if (bytesRead < wanted) throw new Error('the log of writes became shorter');
      await disk.write(buffer, 0, wanted, offset + at);
    }
  }
}
