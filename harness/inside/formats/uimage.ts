import { crc32 } from 'node:zlib';
import { differingFields, timeValue, type Values } from '../fields.ts';
import { FormatFault, type Format, type FormatResult, type Walk } from '../format.ts';
import { REST } from '../rest.ts';

const MAGIC = 0x27051956;
const HEADER = 64;
const NAME_AT = 32;

const hex = (value: number): string => `0x${value.toString(16)}`;

/** U-Boot, include/image.h, struct legacy_img_hdr. Checksums are shown where they are not those of what they cover. */
function readHeader(bytes: Buffer): { values: Values; data: Buffer; rest: Buffer } {
  const header = Buffer.from(bytes.subarray(0, HEADER));
  const size = header.readUInt32BE(12);
  const data = bytes.subarray(HEADER, HEADER + size);
  if (data.length !== size) throw new FormatFault('the image is cut off');
  const values: Values = new Map([
    ['time', { text: timeValue(header.readUInt32BE(8)), offset: 8 }],
    ['load-address', { text: hex(header.readUInt32BE(16)), offset: 16 }],
    ['entry-point', { text: hex(header.readUInt32BE(20)), offset: 20 }],
    ['kind', { text: header.toString('hex', 28, NAME_AT), offset: 28 }],
    ['name', { text: header.toString('latin1', NAME_AT).replace(/\0+$/, ''), offset: NAME_AT }],
  ]);
  const [own, ofData] = [header.readUInt32BE(4), header.readUInt32BE(24)];
  header.writeUInt32BE(0, 4);
  if (own !== crc32(header)) values.set('wrong-header-crc32', { text: hex(own), offset: 4 });
  if (ofData !== crc32(data)) values.set('wrong-crc32', { text: hex(ofData), offset: 24 });
  return { values, data, rest: bytes.subarray(HEADER + size) };
}

async function compare(a: Buffer, b: Buffer, walk: Walk): Promise<FormatResult> {
  const [one, other] = [readHeader(a), readHeader(b)];
  const data = await walk.part('data', one.data, other.data);
  const rest = await walk.part(REST, one.rest, other.rest);
  return {
    fields: differingFields(one.values, other.values),
    children: [data, rest].filter((part) => part !== null),
  };
}

/** Images for U-Boot, in the form before device trees: kernels, ramdisks, scripts. */
export const uimage: Format = {
  name: 'uimage',
  detects: (bytes) => bytes.length >= HEADER && bytes.readUInt32BE(0) === MAGIC,
  compare,
};
