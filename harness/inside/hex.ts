import type { HexWindow } from './types.ts';

const WINDOW = 64;
const LEAD = 16;
const WINDOWS = 4;
const STRIDE = 4096;

/** Index of the first byte at or after `from` that differs, or -1; past the shorter end counts as different. */
export function firstDifference(a: Buffer, b: Buffer, from = 0): number {
  const shared = Math.min(a.length, b.length);
  let at = from;
  while (at + STRIDE <= shared && a.compare(b, at, at + STRIDE, at, at + STRIDE) === 0) at += STRIDE;
  while (at < shared && a[at] === b[at]) at++;
  return at < shared || a.length !== b.length ? at : -1;
}

/** Bytes around the first differences; each window begins a little before one and they do not overlap. */
function hexWindows(a: Buffer, b: Buffer, limit = WINDOWS): HexWindow[] {
  const windows: HexWindow[] = [];
  let from = 0;
  while (windows.length < limit) {
    const at = firstDifference(a, b, from);
    if (at < 0 || at >= Math.max(a.length, b.length)) break;
    const offset = Math.max(from, (at - LEAD) & ~15);
    from = offset + WINDOW;
    windows.push({ offset, a: a.toString('hex', offset, from), b: b.toString('hex', offset, from) });
  }
  return windows;
}

/** How many bytes differ at their places; what only the longer one has differs, too. */
function differing(a: Buffer, b: Buffer): number {
  const shared = Math.min(a.length, b.length);
  let count = Math.abs(a.length - b.length);
  for (let from = 0; from < shared; from += STRIDE) {
    const to = Math.min(shared, from + STRIDE);
    if (a.compare(b, from, to, from, to) === 0) continue;
    for (let at = from; at < to; at++) if (a[at] !== b[at]) count++;
  }
  return count;
}

/** Two contents of which no more is known: the first differences, and how many bytes differ. */
export function bytesFound(a: Buffer, b: Buffer): { windows: HexWindow[]; differing: number } {
  return { windows: hexWindows(a, b), differing: differing(a, b) };
}
