import { nameText } from '../../oci/names.ts';
import { timeValue, type Values } from '../fields.ts';
import { FormatFault, OverLimit, type Format, type FormatResult, type Walk } from '../format.ts';
import { compareMembers, withPart, type Member } from '../members.ts';
import { REST } from '../rest.ts';
import type { Written, WrittenPart } from '../written.ts';

const MAGIC = '!<arch>\n';
const HEADER = 60;
const MAX_MEMBERS = 20_000;
/** Of a name that stands in the table: where. */
const PLACE = /^\/(\d+)$/;

function number(text: string, radix: number): number | null {
  const trimmed = text.trim();
  return /^[0-9]+$/.test(trimmed) ? Number.parseInt(trimmed, radix) : null;
}

/** Decimal mtime, uid and gid, octal mode; a field that is no number is shown as it stands. */
function headerValues(header: string, at: number): Values {
  const field = (from: number, to: number): string => header.slice(from, to).trim();
  const seconds = number(field(16, 28), 10);
  return new Map([
    ['mtime', { text: seconds === null ? field(16, 28) : timeValue(seconds), offset: at + 16 }],
    ['uid', { text: field(28, 34), offset: at + 28 }],
    ['gid', { text: field(34, 40), offset: at + 34 }],
    ['mode', { text: field(40, 48), offset: at + 40 }],
  ]);
}

/** Its parts as they stand there; what follows the content to make its length even is one of them. */
function writtenParts(header: Buffer, name: Buffer, values: Values, padding: Buffer): Written {
  const part = (from: number, to: number, value: string): WrittenPart => ({
    value,
    bytes: header.subarray(from, to),
  });
  const shown = (field: string): string => values.get(field)?.text ?? '';
  return new Map([
    ['name', { value: PLACE.exec(header.toString('latin1', 0, 16).trimEnd())?.[1] ?? '', bytes: name }],
    ['mtime', part(16, 28, shown('mtime'))],
    ['uid', part(28, 34, shown('uid'))],
    ['gid', part(34, 40, shown('gid'))],
    ['mode', part(40, 48, shown('mode'))],
    ['size', part(48, 58, header.toString('latin1', 48, 58).trim())],
    ['padding', { value: String(padding.length), bytes: padding }],
  ]);
}

/** GNU: `name/`, or `/offset` into the table `//`; BSD: `#1/length` and the name before the content. */
function memberName(raw: string, table: Buffer | null, content: Buffer): { name: string; skip: number } {
  const long = PLACE.exec(raw);
  if (long !== null && table !== null) {
    const from = Number(long[1]);
    const end = table.indexOf('\n', from);
    return { name: table.toString('latin1', from, end < 0 ? table.length : end).replace(/\/$/, ''), skip: 0 };
  }
  const bsd = /^#1\/(\d+)$/.exec(raw);
  if (bsd !== null) {
    const length = Number(bsd[1]);
    return { name: content.toString('latin1', 0, length).replace(/\0+$/, ''), skip: length };
  }
  return { name: raw === '/' || raw === '//' ? raw : raw.replace(/\/$/, ''), skip: 0 };
}

/** ar(5), in its GNU and BSD forms: 60-byte headers, contents padded to even length. */
function readAr(bytes: Buffer): { members: Member[]; rest: Buffer } {
  const members: Member[] = [];
  let table: Buffer | null = null;
  let at = MAGIC.length;
  while (at + HEADER <= bytes.length) {
    const header = bytes.toString('latin1', at, at + HEADER);
    const size = number(header.slice(48, 58), 10);
    const start = at + HEADER;
    if (size === null || !header.endsWith('`\n') || start + size > bytes.length) {
      throw new FormatFault('a broken header');
    }
    if (members.length >= MAX_MEMBERS) throw new OverLimit('count');
    const content = bytes.subarray(start, start + size);
    const raw = header.slice(0, 16).trimEnd();
    if (raw === '//') table = content;
    const { name, skip } = memberName(raw, table, content);
    const values = headerValues(header, at);
    const named = Buffer.concat([bytes.subarray(at, at + 16), content.subarray(0, skip)]);
    const padding = bytes.subarray(start + size, start + size + (size % 2));
    members.push({
      name: nameText(name),
      values,
      content: () => content.subarray(skip),
      written: writtenParts(bytes.subarray(at, start), named, values, padding),
    });
    at = start + size + (size % 2);
  }
  return { members, rest: bytes.subarray(at) };
}

async function compare(a: Buffer, b: Buffer, walk: Walk): Promise<FormatResult> {
  const [one, other] = [readAr(a), readAr(b)];
  const found = await compareMembers('ar-entry', one.members, other.members, walk);
  return withPart(found, await walk.part(REST, one.rest, other.rest));
}

/** Archives of ar: Debian packages and static libraries. */
export const ar: Format = {
  name: 'ar',
  detects: (bytes) => bytes.toString('latin1', 0, MAGIC.length) === MAGIC,
  compare,
};
