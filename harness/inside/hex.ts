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
export function hexWindows(a: Buffer, b: Buffer, limit = WINDOWS): HexWindow[] {
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
