import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { nameText } from '../../oci/names.ts';
import { LIMITS } from '../budget.ts';
import { oneField, type Value, type Values } from '../fields.ts';
import { FormatFault, OverLimit, type Format, type Found, type Walk } from '../format.ts';
import { compareMembers, type Member } from '../members.ts';
import { inflateWithin } from './gzip.ts';
import { extraValues } from './zip-extra.ts';

const LOCAL_HEADER = 30;
const MAX_ENTRIES = 50_000;
const STORED = 0;
const DEFLATED = 8;
const UNIX = 3;

/** The central directory; names stay bytes. */
function readEntries(bytes: Buffer): Promise<{ zip: ZipFile; entries: Entry[] }> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: false };
    fromBuffer(bytes, options, (error, zip) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const entries: Entry[] = [];
      zip.on('error', reject);
      zip.on('end', () => resolve({ zip, entries }));
      zip.on('entry', (entry: Entry) => {
        entries.push(entry);
        if (entries.length > MAX_ENTRIES) reject(new OverLimit('count'));
        else zip.readEntry();
      });
      zip.readEntry();
    });
  });
}

/** MS-DOS date and time: local, in steps of two seconds. */
function dosTime(date: number, time: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${1980 + (date >> 9)}-${two((date >> 5) & 15)}-${two(date & 31)}`;
  return `${day} ${two(time >> 11)}:${two((time >> 5) & 63)}:${two((time & 31) * 2)}`;
}

function attributes(entry: Entry): string {
  const { externalFileAttributes: value } = entry;
  return entry.versionMadeBy >> 8 === UNIX
    ? `mode ${(value >>> 16).toString(8)}, DOS 0x${(value & 0xffff).toString(16)}`
    : `0x${value.toString(16)}`;
}

function entryValues(bytes: Buffer, entry: Entry, extraAt: number, dataAt: number): Values {
  const hex = (value: number): string => `0x${value.toString(16)}`;
  const local = entry.relativeOffsetOfLocalHeader;
  return new Map([
    ['mtime', { text: dosTime(entry.lastModFileDate, entry.lastModFileTime), offset: local + 10 }],
    ['method', { text: String(entry.compressionMethod), offset: local + 8 }],
    ['flags', { text: hex(entry.generalPurposeBitFlag), offset: local + 6 }],
    ['version-made-by', { text: hex(entry.versionMadeBy) }],
    ['version-needed', { text: String(entry.versionNeededToExtract), offset: local + 4 }],
    ['internal-attributes', { text: hex(entry.internalFileAttributes) }],
    ['external-attributes', { text: attributes(entry) }],
    ['comment', { text: nameText(rawText(entry.fileComment)) }],
    ...withoutPlaces(extraValues(entry.extraFieldRaw, '', 0)),
    ...extraValues(bytes.subarray(extraAt, dataAt), 'local-', extraAt),
  ]);
}

/** The library does not say where the central directory has them. */
function withoutPlaces(values: Values): [string, Value][] {
  return [...values].map(([name, { text }]) => [name, { text }]);
}

/** With `decodeStrings: false` what the types call a string is a buffer. */
function rawText(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : '';
}

function memberOf(bytes: Buffer, entry: Entry, walk: Walk): Member {
  const local = entry.relativeOffsetOfLocalHeader;
  const extraAt = local + LOCAL_HEADER + bytes.readUInt16LE(local + 26);
  const dataAt = extraAt + bytes.readUInt16LE(local + 28);
  const raw = bytes.subarray(dataAt, dataAt + entry.compressedSize);
  if (raw.length !== entry.compressedSize) throw new FormatFault('a member is cut off');
  const content = (): Buffer => {
    const encrypted = (entry.generalPurposeBitFlag & 1) !== 0;
    if (encrypted || entry.compressionMethod === STORED) return raw;
    if (entry.compressionMethod !== DEFLATED) return raw;
    const { buffer } = inflateWithin(raw, LIMITS.partBytes);
    walk.spend(buffer.length);
    return buffer;
  };
  const name = nameText(rawText(entry.fileNameRaw));
  return { name, values: entryValues(bytes, entry, extraAt, dataAt), content, raw };
}

async function compare(a: Buffer, b: Buffer, walk: Walk): Promise<Found> {
  const [one, other] = [await readEntries(a), await readEntries(b)];
  const members = (bytes: Buffer, entries: Entry[]): Member[] =>
    entries.map((entry) => memberOf(bytes, entry, walk));
  const found = await compareMembers('zip-entry', members(a, one.entries), members(b, other.entries), walk);
  const comment = ({ zip }: { zip: ZipFile }): string => nameText(rawText(zip.comment));
  return { ...found, fields: [...found.fields, ...oneField('comment', comment(one), comment(other))] };
}

/** Zip archives and what is built on them: jar, wheel, docx … */
export const zip: Format = {
  name: 'zip',
  detects: (bytes) => bytes.length >= 22 && ['504b0304', '504b0506'].includes(bytes.toString('hex', 0, 4)),
  compare,
};
