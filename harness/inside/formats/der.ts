import { differingFields, type Values } from '../fields.ts';
import { FormatFault, OverLimit, type Format } from '../format.ts';

const MAX_NODES = 50_000;
const MAX_DEPTH = 40;
const CONSTRUCTED = 0x20;
const OCTETS = 4;
const OID = 6;
const INTEGER = 2;

const NAMES: Partial<Record<number, string>> = {
  1: 'boolean',
  [INTEGER]: 'integer',
  3: 'bits',
  [OCTETS]: 'octets',
  12: 'text',
  23: 'time',
  24: 'time',
  30: 'text',
};

interface Element {
  tag: number;
  from: number;
  end: number;
}

/** X.690, section 8.1: tag, length, content; only the definite form, as DER has it. */
function elementAt(bytes: Buffer, at: number, limit: number): Element {
  const tag = bytes.readUInt8(at);
  if ((tag & 0x1f) === 0x1f) throw new FormatFault('a long tag');
  const first = bytes.readUInt8(at + 1);
  const size = first & 0x7f;
  const long = first >= 0x80;
  if (long && (size === 0 || size > 4)) throw new FormatFault('a length of no known form');
  const from = at + 2 + (long ? size : 0);
  const end = from + (long ? bytes.readUIntBE(at + 2, size) : size);
  if (end > limit) throw new FormatFault('an element is cut off');
  return { tag, from, end };
}

/** X.690, section 8.19. */
function oidText(bytes: Buffer): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      parts.push(value);
      value = 0;
    }
  }
  const first = parts[0] ?? 0;
  const head = Math.min(2, Math.floor(first / 40));
  return [head, first - head * 40, ...parts.slice(1)].join('.');
}

class Decoder {
  readonly values: Values = new Map();
  readonly #bytes: Buffer;
  #nodes = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @param path places of the elements on the way, from 0 */
  all(from: number, end: number, path: string, depth: number): void {
    let place = 0;
    let algorithm = '';
    for (let at = from; at < end; place++) {
      if (++this.#nodes > MAX_NODES || depth > MAX_DEPTH) throw new OverLimit('count');
      const element = elementAt(this.#bytes, at, end);
      const content = this.#bytes.subarray(element.from, element.end);
      const here = path === '' ? String(place) : `${path}.${place}`;
      if (element.tag === OID) algorithm = oidText(content);
      if ((element.tag & CONSTRUCTED) !== 0)
        this.all(element.from, element.end, `${here}${algorithm === '' ? '' : `(${algorithm})`}`, depth + 1);
      else if (element.tag !== OCTETS || !this.#nested(element, here, depth)) this.#leaf(element, here);
      at = element.end;
    }
  }

  /** Octets often hold DER again, as in PKCS #12. */
  #nested(element: Element, path: string, depth: number): boolean {
    const { from, end } = element;
    if (end - from < 2 || this.#bytes[from] !== 0x30) return false;
    const known = new Map(this.values);
    try {
      if (elementAt(this.#bytes, from, end).end !== end) return false;
      this.all(from, end, path, depth + 1);
      return true;
    } catch (error) {
      if (error instanceof OverLimit) throw error;
      this.values.clear();
      for (const [name, value] of known) this.values.set(name, value);
      return false;
    }
  }

  #leaf({ tag, from, end }: Element, path: string): void {
    const content = this.#bytes.subarray(from, end);
    const name = tag === OID ? 'oid' : (NAMES[tag] ?? `tag ${tag}`);
    const short = tag === INTEGER && content.length <= 6 && content.length > 0;
    const text =
      tag === OID
        ? oidText(content)
        : short
          ? String(content.readIntBE(0, content.length))
          : ['text', 'time'].includes(name)
            ? content.toString('latin1')
            : content.toString('hex');
    this.values.set(`${path} ${name}`, { text, offset: from });
  }
}

function decode(bytes: Buffer): Values {
  const decoder = new Decoder(bytes);
  decoder.all(0, bytes.length, '', 0);
  return decoder.values;
}

/** PFX of PKCS #12 (RFC 7292): version, content, and the parameters of the MAC. */
const PKCS12_PLACES: [RegExp, string][] = [
  [/^0\.2\.1 octets$/, 'mac-salt'],
  [/^0\.2\.2 integer$/, 'mac-iterations'],
  [/^0\.2\.0\.1 octets$/, 'mac'],
];

function named(values: Values): Values {
  const isStore = values.get('0.0 integer')?.text === '3';
  if (!isStore) return values;
  return new Map(
    [...values].map(([place, value]) => [
      PKCS12_PLACES.find(([pattern]) => pattern.test(place))?.[1] ?? place,
      value,
    ]),
  );
}

/** Anything in DER: PKCS #12 keystores, keys, signatures; values by their place. */
export const der: Format = {
  name: 'der',
  detects: (bytes) => {
    if (bytes.length < 4 || bytes[0] !== 0x30) return false;
    try {
      return elementAt(bytes, 0, bytes.length).end === bytes.length;
    } catch {
      return false;
    }
  },
  compare: (a, b) => ({ fields: differingFields(named(decode(a)), named(decode(b))) }),
};
