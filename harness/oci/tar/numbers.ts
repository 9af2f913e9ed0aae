import type { Time } from './types.ts';

/** A complaint about one header; the reader adds the place. */
export class TarFault extends Error {}

/** What is well-formed, as far as can be seen, but not read by this program. */
export class TarUnsupported extends TarFault {}

/** GNU base-256: first byte 0x80 for positive, 0xff for negative, big-endian two's complement after it. */
function base256(block: Buffer, start: number, length: number): number {
  const negative = ((block[start] ?? 0) & 0x40) !== 0;
  let value = 0n;
  for (let at = 0; at < length; at++) {
    const byte = block[start + at] ?? 0;
    value = value * 256n + BigInt(at === 0 ? byte & 0x7f : byte);
  }
  if (negative) value -= 1n << BigInt(8 * length - 1);
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new TarFault('number out of range');
  return number;
}

/**
 * A number in a header block: octal digits, padded by spaces or NULs on either side, or GNU base-256.
 * An empty field is 0. Source: POSIX pax "ustar Interchange Format"; GNU tar manual, "Extensions".
 * @throws TarFault
 */
export function headerNumber(block: Buffer, start: number, length: number): number {
  if (((block[start] ?? 0) & 0x80) !== 0) return base256(block, start, length);
  let at = start;
  let end = start + length;
  while (at < end && (block[at] === 0x20 || block[at] === 0)) at++;
  while (end > at && (block[end - 1] === 0x20 || block[end - 1] === 0)) end--;
  let value = 0;
  for (; at < end; at++) {
    const digit = (block[at] ?? 0) - 0x30;
    // A NUL ends the number; some writers leave rubbish behind it.
    if (digit === -0x30) break;
    if (digit < 0 || digit > 7) throw new TarFault('a number in the header is not octal');
    value = value * 8 + digit;
  }
  return value;
}

/**
 * As Go's reader takes it: with a sign, and with any number of zeros in front.
 * @throws TarFault unless it is a decimal integer that a double holds exactly
 */
export function decimal(text: string): number {
  const [, sign = '', digits] = /^([+-]?)0*(\d{1,19})$/.exec(text) ?? [];
  if (digits === undefined) throw new TarFault('a number in the extended header is not decimal');
  const value = Number(`${sign}${digits}`);
  if (!Number.isSafeInteger(value)) throw new TarFault('number out of range');
  // No negative zero.
  return value + 0;
}

/** @throws TarFault unless it is a decimal integer of at least 0. */
export function count(text: string): number {
  const value = decimal(text);
  if (value < 0) throw new TarFault('negative size');
  return value;
}

/** PAX times: decimal seconds with any number of digits after the point; negative before 1970. Truncates below 1 ns. */
export function paxTime(text: string): Time {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) throw new TarFault('bad time');
  const seconds = count(match[2] ?? '');
  const nanoseconds = Number((match[3] ?? '').slice(0, 9).padEnd(9, '0'));
  if (match[1] !== '-') return { seconds, nanoseconds };
  return nanoseconds === 0
    ? { seconds: 0 - seconds, nanoseconds: 0 }
    : { seconds: 0 - seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds };
}
