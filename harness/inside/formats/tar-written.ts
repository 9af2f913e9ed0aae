import { nameText } from '../../oci/names.ts';
import { BLOCK } from '../../oci/tar/header.ts';
import { headerNumber } from '../../oci/tar/numbers.ts';
import { parsePax, type PaxRecords } from '../../oci/tar/pax.ts';
import type { TarEntry } from '../../oci/tar/types.ts';
import type { Values } from '../fields.ts';
import type { Written, WrittenPart } from '../written.ts';

/** Records that `entryValues` shows, or that the name of the member is. */
const SHOWN = /^(?:path|linkpath|size|uid|gid|uname|gname|mtime|atime|ctime|SCHILY\.xattr\..*)$/s;

/** Fields of a header block: POSIX pax, "ustar Interchange Format". */
const RANGES: readonly [name: string, from: number, to: number][] = [
  ['name', 0, 100],
  ['mode', 100, 108],
  ['uid', 108, 116],
  ['gid', 116, 124],
  ['size', 124, 136],
  ['mtime', 136, 148],
  ['checksum', 148, 156],
  ['typeflag', 156, 157],
  ['linkname', 157, 257],
  ['magic', 257, 265],
  ['uname', 265, 297],
  ['gname', 297, 329],
  ['devmajor', 329, 337],
  ['devminor', 337, 345],
];
/** GNU and star keep times here, others a prefix of the name. */
const TIMES: Partial<Record<TarEntry['dialect'], readonly [name: string, from: number, to: number][]>> = {
  gnu: [
    ['atime', 345, 357],
    ['ctime', 357, 369],
    ['rest', 369, BLOCK],
  ],
  star: [
    ['prefix', 345, 476],
    ['atime', 476, 488],
    ['ctime', 488, 500],
    ['rest', 500, BLOCK],
  ],
};
const PREFIX = [
  ['prefix', 345, 500],
  ['rest', 500, BLOCK],
] as const;

/** What the blocks in front of an entry's content say beside the fields of the entry, and how all of it is written. */
export interface TarWritten {
  values: Values;
  written: Written;
}

/** One block that begins something, and the blocks of content that belong to it. */
interface Piece {
  flag: string;
  head: Buffer;
  content: Buffer;
  size: number;
}

/** The last piece is the header of the entry itself, with the blocks of a sparse map. */
function pieces(blocks: readonly Buffer[]): Piece[] {
  const found: Piece[] = [];
  for (let at = 0; at < blocks.length;) {
    const head = blocks[at] ?? Buffer.alloc(BLOCK);
    const flag = head.toString('latin1', 156, 157);
    const size = 'xgLK'.includes(flag) ? headerNumber(head, 124, 12) : (blocks.length - at - 1) * BLOCK;
    const end = at + 1 + Math.ceil(size / BLOCK);
    found.push({ flag, head, content: Buffer.concat(blocks.slice(at + 1, end)), size });
    at = end;
  }
  return found;
}

const NUMBERS = ['mode', 'uid', 'gid', 'size', 'mtime', 'checksum', 'devmajor', 'devminor'];

/**
 * A field of the entry's own header; what it says is empty where the entry does not show it.
 * @param record what the entry shows where a record of a PAX header says it, and the header repeats it as far as it can
 */
function headerPart(name: string, bytes: Buffer, entry: TarEntry, record: string | null): WrittenPart {
  const shown = (value: string): WrittenPart => ({ value, bytes });
  if (record !== null) return shown(record);
  const number = (): WrittenPart => shown(numberOf(bytes));
  switch (name) {
    case 'mode':
      return shown(String(entry.mode));
    case 'uid':
    case 'gid':
    case 'mtime':
    case 'size':
    case 'checksum':
      return number();
    case 'atime':
    case 'ctime':
      return entry[name] === null ? shown('') : number();
    case 'typeflag':
      return shown(entry.type);
    case 'linkname':
    case 'uname':
    case 'gname':
      return shown(entry[name]);
    case 'magic':
      return shown(entry.dialect === 'pax' ? '' : entry.dialect);
    case 'devmajor':
      return shown(String(entry.device?.major ?? ''));
    case 'devminor':
      return shown(String(entry.device?.minor ?? ''));
    default:
      return shown('');
  }
}

const numberOf = (bytes: Buffer): string => String(headerNumber(bytes, 0, bytes.length));

/** What stands around the digits of a number. Zeros and spaces in front fill the field. */
function around(bytes: Buffer): Buffer {
  const isBinary = ((bytes[0] ?? 0) & 0x80) !== 0;
  return isBinary
    ? Buffer.alloc(0)
    : Buffer.from(bytes.toString('latin1').replace(/^[ \0]*[0-7]*/, ''), 'latin1');
}

function records({ flag, content, size }: Piece): PaxRecords {
  return flag === 'x' || flag === 'g' ? parsePax(content.subarray(0, size)) : [];
}

interface Made {
  values: Values;
  written: Map<string, WrittenPart>;
}

/** An extended header: its own block, the records that no field of the entry shows, and their order. */
function addExtension(piece: Piece, label: string, { values, written }: Made): void {
  for (const [name, from, to] of [...RANGES, ...PREFIX]) {
    const bytes = piece.head.subarray(from, to);
    const number = name === 'size' || name === 'checksum';
    const own = name === 'name' ? bytes.toString('latin1') : number ? numberOf(bytes) : '';
    written.set(`${label} ${name}`, { value: own, bytes });
    if (number) written.set(`around ${label} ${name}`, { value: '', bytes: around(bytes) });
    // Writers put their process id into it.
    if (name === 'name') values.set(`${label}-name`, { text: nameText(untilNul(bytes)) });
  }
  const found = records(piece);
  for (const [key, value] of found)
    if (piece.flag === 'g' || !SHOWN.test(key))
      values.set(`${label} ${nameText(key)}`, { text: nameText(value) });
  const keys = found.map(([key]) => key);
  const list = (some: readonly string[]): string => some.join('\n');
  written.set(`${label} records`, { value: list(keys.toSorted()), bytes: Buffer.from(list(keys), 'latin1') });
  const padding = piece.content.subarray(piece.size);
  written.set(`${label} padding`, { value: String(padding.length), bytes: padding });
}

const untilNul = (bytes: Buffer): string => bytes.toString('latin1').replace(/\0.*$/s, '');

const LABELS: Partial<Record<string, string>> = { x: 'pax-header', g: 'global-pax-header' };

/** PAX headers are parts of their own; GNU long names hold what the entry shows, but for how many there are. */
function addExtensions(extensions: readonly Piece[], entry: TarEntry, made: Made): void {
  const long = extensions.filter(({ flag }) => LABELS[flag] === undefined);
  const blocks = Buffer.concat(long.flatMap(({ head, content }) => [head, content]));
  made.written.set('long names', { value: `${entry.dialect} ${entry.linkname}`, bytes: blocks });
  for (const [flag, label] of Object.entries(LABELS)) {
    for (const [number, piece] of extensions.filter((one) => one.flag === flag).entries())
      addExtension(piece, number === 0 ? (label ?? '') : `${label} ${number + 1}`, made);
  }
}

/** Whether a value stands in the header or in a PAX record. */
function addForms(found: PaxRecords, values: Values, written: Made['written']): void {
  for (const name of [
    'uid',
    'gid',
    'uname',
    'gname',
    'mtime',
    'atime',
    'ctime',
    'linkname',
    'path',
    'size',
  ]) {
    const own = found.filter(([key]) => key === (name === 'linkname' ? 'linkpath' : name));
    const bytes = Buffer.from(own.map(([, value]) => value).join('\n'), 'latin1');
    written.set(`form of ${name}`, { value: values.get(name)?.text ?? '', bytes });
  }
}

/**
 * @param blocks in front of the content, as they stand in the archive
 * @param shown fields of the entry
 */
export function tarWritten(
  blocks: readonly Buffer[],
  padding: Buffer,
  entry: TarEntry,
  shown: Values,
): TarWritten {
  const made: Made = { values: new Map(), written: new Map() };
  const found = pieces(blocks);
  const own = found.pop();
  addExtensions(found, entry, made);
  const pax = found.filter(({ flag }) => flag === 'x').flatMap(records);
  addForms(pax, shown, made.written);
  const overridden = new Set(pax.map(([key]) => key));
  const head = own?.head ?? Buffer.alloc(BLOCK);
  for (const [name, from, to] of [...RANGES, ...(TIMES[entry.dialect] ?? PREFIX)]) {
    const bytes = head.subarray(from, to);
    const isRecord = overridden.has(name === 'linkname' ? 'linkpath' : name);
    made.written.set(name, headerPart(name, bytes, entry, isRecord ? (shown.get(name)?.text ?? '') : null));
    if (NUMBERS.includes(name)) made.written.set(`around ${name}`, { value: '', bytes: around(bytes) });
  }
  made.written.set('sparse map', { value: '', bytes: own?.content ?? Buffer.alloc(0) });
  made.written.set('padding', { value: String(padding.length), bytes: padding });
  return made;
}
