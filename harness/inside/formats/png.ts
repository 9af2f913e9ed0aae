import { crc32 } from 'node:zlib';
import { nameText } from '../../oci/names.ts';
import { differingFields, type Values } from '../fields.ts';
import { FormatFault, OverLimit, type Format, type FormatResult, type Walk } from '../format.ts';
import { compareMembers, type Member } from '../members.ts';

const SIGNATURE = '89504e470d0a1a0a';
const MAX_CHUNKS = 20_000;

interface Png {
  values: Values;
  members: Member[];
  chunks: number;
}

function timeText(data: Buffer): string {
  const two = (at: number): string => String(data.readUInt8(at)).padStart(2, '0');
  return `${data.readUInt16BE(0)}-${two(2)}-${two(3)}T${two(4)}:${two(5)}:${two(6)}Z`;
}

/** PNG specification, sections 5 and 11: length, type, data, checksum. */
function readPng(bytes: Buffer): Png {
  const png: Png = { values: new Map(), members: [], chunks: 0 };
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = nameText(bytes.toString('latin1', at + 4, at + 8));
    const [from, end] = [at + 8, at + 8 + length];
    if (end + 4 > bytes.length) throw new FormatFault('a chunk is cut off');
    if (png.chunks > MAX_CHUNKS) throw new OverLimit('count');
    const data = bytes.subarray(from, end);
    const sum = bytes.readUInt32BE(end);
    if (sum !== crc32(bytes.subarray(at + 4, end))) {
      const text = `0x${sum.toString(16)}`;
      png.values.set(`wrong-crc32 of ${type} (chunk ${png.chunks + 1})`, { text, offset: end });
    }
    png.chunks++;
    const key = type === 'tEXt' ? data.indexOf(0) : -1;
    if (type === 'tIME' && length === 7) png.values.set('tIME', { text: timeText(data), offset: from });
    else if (key > 0) {
      const name = nameText(data.toString('latin1', 0, key));
      png.values.set(`tEXt ${name}`, {
        text: nameText(data.toString('latin1', key + 1)),
        offset: from + key + 1,
      });
    } else png.members.push({ name: type, values: new Map(), content: () => data });
    at = end + 4;
  }
  return png;
}

async function compare(a: Buffer, b: Buffer, walk: Walk): Promise<FormatResult> {
  const [one, other] = [readPng(a), readPng(b)];
  const found = await compareMembers('png-chunk', one.members, other.members, walk);
  return { ...found, fields: [...differingFields(one.values, other.values), ...found.fields] };
}

export const png: Format = {
  name: 'png',
  detects: (bytes) => bytes.toString('hex', 0, 8) === SIGNATURE,
  compare,
};
