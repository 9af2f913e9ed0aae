import type { HexWindow } from '../../inside/types.ts';
import type { DifferenceSite } from '../types.ts';
import { lineSites } from './lines.ts';

const PRINTABLE = /[\x20-\x7e]/;

/** The printable run around the first differing byte, or null when that byte is none or the run is short. */
function runAround(text: string, at: number): string | null {
  let [from, to] = [at, at];
  while (from > 0 && PRINTABLE.test(text[from - 1] ?? '')) from -= 1;
  while (to < text.length && PRINTABLE.test(text[to] ?? '')) to += 1;
  return to - from >= 4 && to > at ? text.slice(from, to) : null;
}

/** Lengths that stand before a text take up to this many bytes. */
const PREFIX = 4;
const LONG_ENOUGH = 8;

/** The texts that follow a difference of a few bytes, and differ too: then those are their lengths. */
function textsBehind(a: string, b: string, at: number): [string, string] | null {
  for (let from = at + 1; from <= at + PREFIX; from++) {
    if (PRINTABLE.test(a[from - 1] ?? '') || PRINTABLE.test(b[from - 1] ?? '')) continue;
    const [one, other] = [a, b].map((text) => /^[\x20-\x7e]+/.exec(text.slice(from))?.[0] ?? '');
    if (one === undefined || other === undefined || one === other) continue;
    if (one.length >= LONG_ENOUGH && other.length >= LONG_ENOUGH) return [one, other];
  }
  return null;
}

/** The text is alike but for its end, and what follows differs too: other bytes that happen to stand behind a text. */
function endsAt(a: string, b: string, at: number): boolean {
  const end = (text: string): number => {
    const found = text.slice(at).search(/[^\x20-\x7e]/);
    return found < 0 ? text.length : at + found;
  };
  const [one, other] = [end(a), end(b)];
  return one - at < 4 && other - at < 4 && a.slice(one) !== b.slice(other);
}

const latin1 = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1');

/** Spots of the bytes around a difference: words where it is in readable text, else hex. */
export function byteSites(
  window: HexWindow,
  where: Pick<DifferenceSite, 'format' | 'part'>,
): DifferenceSite[] {
  const [a, b] = [latin1(window.a), latin1(window.b)];
  const place = `bytes at ${window.offset}`;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  const [one, other] = [runAround(a, at), runAround(b, at)];
  if (one !== null && other !== null && !endsAt(a, b, at)) return lineSites(one, other, where, place);
  const behind = one === null && other === null ? textsBehind(a, b, at) : null;
  if (behind !== null) return lineSites(...behind, where, place);
  return [{ ...where, kind: 'bytes', name: '', place, a: window.a, b: window.b, lineA: '', lineB: '' }];
}
