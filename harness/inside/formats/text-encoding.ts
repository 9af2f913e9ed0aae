/** Text with the encoding it was taken for. */
export interface Decoded {
  encoding: string;
  text: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Characters that no text has: controls other than white space, backspace, form feed and escape. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0007\u000b\u000e-\u001a\u001c-\u001f\u007f]/;

interface Wide {
  encoding: string;
  width: 2 | 4;
  mark: string;
  /** Place of the byte in a unit that holds the character where it is one of ASCII. */
  low: number;
}

/** The longer marks first: that of UTF-32 begins with that of UTF-16. */
const WIDE: readonly Wide[] = [
  { encoding: 'utf-32le', width: 4, mark: 'fffe0000', low: 0 },
  { encoding: 'utf-32be', width: 4, mark: '0000feff', low: 3 },
  { encoding: 'utf-16le', width: 2, mark: 'fffe', low: 0 },
  { encoding: 'utf-16be', width: 2, mark: 'feff', low: 1 },
];

/** Without a mark, so much of a text has to be ASCII that nothing else looks like it. */
const SHARE = 0.7;
/** Units that are looked at for that. */
const SAMPLE = 4096;

function looksWide(bytes: Buffer, { width, low }: Wide): boolean {
  const units = Math.min(SAMPLE, bytes.length / width);
  let ascii = 0;
  for (let unit = 0; unit < units; unit++) {
    const at = unit * width;
    const character = bytes[at + low] ?? 0;
    const others = bytes.subarray(at, at + width).every((byte, place) => place === low || byte === 0);
    if (others && character > 0 && character < 0x7f) ascii++;
  }
  return units >= 2 && ascii >= units * SHARE;
}

/** @throws TypeError, RangeError where it is none */
function wideText(bytes: Buffer, { encoding, width, low }: Wide): string {
  if (width === 2) return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 4)
    parts.push(String.fromCodePoint(low === 0 ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)));
  return parts.join('').replace(/^\ufeff/, '');
}

/** In units of two or four bytes, with a byte order mark or without. */
function wide(bytes: Buffer): Decoded | null {
  for (const kind of WIDE) {
    if (bytes.length % kind.width !== 0) continue;
    const isMarked = bytes.toString('hex', 0, kind.mark.length / 2) === kind.mark;
    if (!isMarked && !looksWide(bytes, kind)) continue;
    try {
      const text = wideText(bytes, kind);
      if (CONTROLS.test(text)) continue;
      return { encoding: isMarked ? kind.encoding : `${kind.encoding} without byte order mark`, text };
    } catch {
      // Another encoding, or none.
    }
  }
  return null;
}

/** Null for binary. */
export function decode(bytes: Buffer): Decoded | null {
  if (bytes.includes(0)) return wide(bytes);
  try {
    const text = utf8.decode(bytes);
    return { encoding: text.startsWith('\ufeff') ? 'utf-8 with byte order mark' : 'utf-8', text };
  } catch {
    const text = bytes.toString('latin1');
    return CONTROLS.test(text) ? null : { encoding: 'latin1', text };
  }
}
