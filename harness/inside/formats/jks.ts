import { nameText } from '../../oci/names.ts';
import { FormatFault, OverLimit, type Format, type FormatResult, type Walk } from '../format.ts';
import { compareMembers, type Member } from '../members.ts';

const MAX_ENTRIES = 10_000;
const KEY = 1;
const CERTIFICATE = 2;

/** Java's DataOutputStream, big-endian; texts have their length before them in two bytes. */
class Reader {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  word(): number {
    this.at += 4;
    return this.#bytes.readUInt32BE(this.at - 4);
  }

  long(): bigint {
    this.at += 8;
    return this.#bytes.readBigUInt64BE(this.at - 8);
  }

  take(length: number): Buffer {
    if (this.at + length > this.#bytes.length) throw new FormatFault('an entry is cut off');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    const length = this.take(2).readUInt16BE(0);
    return nameText(this.take(length).toString('latin1'));
  }

  certificate(version: number): Buffer {
    if (version === 2) this.text();
    return this.take(this.word());
  }
}

/** OpenJDK, sun.security.provider.JavaKeyStore: entries of keys with their chains, and of certificates. */
function readStore(bytes: Buffer): Member[] {
  const reader = new Reader(bytes, 4);
  const version = reader.word();
  const count = reader.word();
  if (count > MAX_ENTRIES) throw new OverLimit('count');
  const members: Member[] = [];
  for (let number = 0; number < count; number++) {
    const tag = reader.word();
    const name = reader.text();
    const at = reader.at;
    const milliseconds = Number(reader.long());
    const created = milliseconds > 8.64e15 ? `@${milliseconds}` : new Date(milliseconds).toISOString();
    const values = new Map([['creation-date', { text: created, offset: at }]]);
    if (tag === CERTIFICATE) {
      const certificate = reader.certificate(version);
      members.push({ name, values, content: () => certificate });
    } else if (tag === KEY) {
      const key = reader.take(reader.word());
      members.push({ name, values, content: () => key });
      const chain = reader.word();
      if (chain > MAX_ENTRIES) throw new OverLimit('count');
      for (let place = 1; place <= chain; place++) {
        const certificate = reader.certificate(version);
        members.push({ name: `${name} certificate ${place}`, values: new Map(), content: () => certificate });
      }
    } else throw new FormatFault('an entry of no known kind');
  }
  return members;
}

function compare(a: Buffer, b: Buffer, walk: Walk): Promise<FormatResult> {
  return compareMembers('jks-entry', readStore(a), readStore(b), walk);
}

/** Java keystores of the old kind; newer ones are PKCS #12. */
export const jks: Format = {
  name: 'jks',
  detects: (bytes) => bytes.toString('hex', 0, 4) === 'feedfeed',
  compare,
};
