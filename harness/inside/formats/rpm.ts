import { nameText } from '../../oci/names.ts';
import { parseRpmTags, type RpmTag, type RpmTags } from '../../packages/rpm/rpm-tags.ts';
import { LIMITS } from '../budget.ts';
import { differingFields, timeValue, type Values } from '../fields.ts';
import { FormatFault, type Format, type FormatResult, type Walk } from '../format.ts';
import type { InsideField } from '../types.ts';
import { SIGNATURE_NAMES, TAG_NAMES, TIME_TAGS } from './rpm-names.ts';

type Names = Partial<Record<number, string>>;

/** Values of a tag as people write them. */
function texts(tags: RpmTags, tag: RpmTag | undefined, name: string): string[] {
  if (tag === undefined) return [];
  const strings = tags.texts(tag);
  if (strings.length > 0) return strings.map(nameText);
  // Bytes (7) are one value, however many there are.
  if (tag.type === 7) return [tags.bytes(tag).toString('hex')];
  return tags.numbers(tag).map((value) => (TIME_TAGS.has(name) ? timeValue(value) : String(value)));
}

/** Tags of both headers that differ; of lists, the places that differ. */
function tagFields(a: RpmTags, b: RpmTags, names: Names): InsideField[] {
  const fields: InsideField[] = [];
  for (const number of [...new Set([...a.all.keys(), ...b.all.keys()])].sort((one, other) => one - other)) {
    const name = names[number] ?? `tag ${number}`;
    const [tagA, tagB] = [a.get(number), b.get(number)];
    const [one, other] = [texts(a, tagA, name), texts(b, tagB, name)];
    const list = one.length > 1 || other.length > 1;
    for (let at = 0; at < Math.max(one.length, other.length); at++) {
      if (fields.length > LIMITS.fields) return fields;
      const value = (text: string | undefined): Values =>
        new Map(text === undefined ? [] : [[list ? `${name}[${at}]` : name, { text }]]);
      fields.push(...differingFields(value(one[at]), value(other[at])));
    }
  }
  return fields;
}

function tagsOf(bytes: Buffer): RpmTags {
  const tags = parseRpmTags(bytes);
  if (typeof tags === 'string') throw new FormatFault(tags);
  return tags;
}

/** A header as the rpm database stores it. It has no magic; that its sizes fit exactly is as good. */
export const rpmHeader: Format = {
  name: 'rpm-header',
  detects: (bytes) => {
    if (bytes.length < 24) return false;
    const tags = parseRpmTags(bytes);
    return typeof tags !== 'string' && tags.get(1000) !== undefined;
  },
  compare: (a, b) => ({ fields: tagFields(tagsOf(a), tagsOf(b), TAG_NAMES) }),
};

const LEAD = 96;
const HEADER_MAGIC = '8eade801';

interface Package {
  /** The main header with its magic, as its digests cover it. */
  head: Buffer;
  lead: Values;
  signature: RpmTags;
  header: RpmTags;
  payload: Buffer;
}

/** rpm-format(5): magic and four reserved bytes before what a database stores. */
function headerAt(bytes: Buffer, at: number): { tags: RpmTags; end: number } {
  if (bytes.toString('hex', at, at + 4) !== HEADER_MAGIC) throw new FormatFault('no header');
  const end = at + 16 + bytes.readUInt32BE(at + 8) * 16 + bytes.readUInt32BE(at + 12);
  return { tags: tagsOf(bytes.subarray(at + 8, end)), end };
}

function readPackage(bytes: Buffer): Package {
  const name = bytes.toString('latin1', 10, 76);
  const lead: Values = new Map([
    ['lead version', { text: `${bytes.readUInt8(4)}.${bytes.readUInt8(5)}`, offset: 4 }],
    ['lead type', { text: String(bytes.readUInt16BE(6)), offset: 6 }],
    ['lead name', { text: nameText(name.replace(/\0.*$/s, '')), offset: 10 }],
  ]);
  const signature = headerAt(bytes, LEAD);
  const start = Math.ceil(signature.end / 8) * 8;
  const header = headerAt(bytes, start);
  const head = bytes.subarray(start, header.end);
  return { lead, head, signature: signature.tags, header: header.tags, payload: bytes.subarray(header.end) };
}

async function compare(bytesA: Buffer, bytesB: Buffer, walk: Walk): Promise<FormatResult> {
  const [a, b] = [readPackage(bytesA), readPackage(bytesB)];
  walk.digest('header', a.head, b.head);
  walk.digest('header and payload', Buffer.concat([a.head, a.payload]), Buffer.concat([b.head, b.payload]));
  const payload = await walk.part('payload', a.payload, b.payload);
  return {
    fields: [
      ...differingFields(a.lead, b.lead),
      ...tagFields(a.signature, b.signature, SIGNATURE_NAMES),
      ...tagFields(a.header, b.header, TAG_NAMES),
    ],
    children: payload === null ? [] : [payload],
  };
}

export const rpm: Format = {
  name: 'rpm',
  detects: (bytes) => bytes.length > LEAD + 16 && bytes.readUInt32BE(0) === 0xedabeedb,
  compare,
};
