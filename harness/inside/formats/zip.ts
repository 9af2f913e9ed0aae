import { crc32 } from 'node:zlib';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { nameText } from '../../oci/names.ts';

import { LIMITS } from '../budget.ts';
import { differingFields, type Value, type Values } from '../fields.ts';
import { OverLimit, type Format, type FormatResult, type Walk } from '../format.ts';
import { compareMembers, orderField, type Member, type MembersFound, withPart } from '../members.ts';
import { Accounted, REST } from '../rest.ts';
import { inflateWithin } from './gzip.ts';
import { extraValues } from './zip-extra.ts';
import { endsInZip, startOf } from './zip-end.ts';
import { localValues, rawText, readEnd, readLocal, type Local } from './zip-records.ts';

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

function entryValues(bytes: Buffer, entry: Entry, place: Local): Values {
  const hex = (value: number): string => `0x${value.toString(16)}`;
  const local = place.at;
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
    ...localValues(bytes, entry, place),
  ]);
}

/** The library does not say where the central directory has them. */
function withoutPlaces(values: Values): [string, Value][] {
  return [...values].map(([name, { text }]) => [name, { text }]);
}

/** Checksum and size that are not those of the content. */
function wrongSums(entry: Entry, content: Buffer): Values {
  const values: Values = new Map();
  if (crc32(content) !== entry.crc32) values.set('wrong-crc32', { text: `0x${entry.crc32.toString(16)}` });
  if (content.length !== entry.uncompressedSize)
    values.set('wrong-size', { text: String(entry.uncompressedSize) });
  return values;
}

function memberOf(bytes: Buffer, entry: Entry, local: Local, walk: Walk): Member {
  const raw = bytes.subarray(local.dataAt, local.dataAt + entry.compressedSize);
  const content = (): Buffer => {
    const encrypted = (entry.generalPurposeBitFlag & 1) !== 0;
    if (encrypted || entry.compressionMethod === STORED) return raw;
    if (entry.compressionMethod !== DEFLATED) return raw;
    const { buffer } = inflateWithin(raw, LIMITS.partBytes);
    walk.spend(buffer.length);
    return buffer;
  };
  const plain =
    (entry.generalPurposeBitFlag & 1) === 0 && [STORED, DEFLATED].includes(entry.compressionMethod);
  return {
    name: nameText(rawText(entry.fileNameRaw)),
    values: entryValues(bytes, entry, local),
    content,
    raw,
    sum: `${entry.crc32} ${entry.uncompressedSize}`,
    ...(plain ? { wrong: (own: Buffer) => wrongSums(entry, own) } : {}),
  };
}

interface Archive {
  members: Member[];
  values: Values;
  /** Names in the order in which the members stand in the archive. */
  stored: string[];
  rest: Buffer;
}

async function readArchive(bytes: Buffer, walk: Walk): Promise<Archive> {
  const { zip, entries } = await readEntries(bytes);
  const comment = rawText(zip.comment);
  const accounted = new Accounted();
  const found = entries.map((entry) => {
    const local = readLocal(bytes, entry);
    accounted.add(local.at, local.end);
    return { at: local.at, member: memberOf(bytes, entry, local, walk) };
  });
  const { values, ranges } = readEnd(bytes, entries, comment);
  for (const [from, to] of ranges) accounted.add(from, to);
  return {
    values: new Map([['comment', { text: nameText(comment) }], ...values]),
    members: found.map(({ member }) => member),
    stored: found.toSorted((a, b) => a.at - b.at).map(({ member }) => member.name),
    rest: accounted.rest(bytes),
  };
}

async function compareArchives(a: Buffer, b: Buffer, walk: Walk): Promise<MembersFound> {
  const [one, other] = [await readArchive(a, walk), await readArchive(b, walk)];
  const found = await compareMembers('zip-entry', one.members, other.members, walk);
  const rest = await walk.part(REST, one.rest, other.rest);
  const order = found.fields.length > 0 ? [] : orderField(one.stored, other.stored, 'stored-order');
  const fields = [...found.fields, ...order, ...differingFields(one.values, other.values)];
  return withPart({ ...found, fields }, rest);
}

/** What stands in front of an archive is a part of its own. */
async function compare(a: Buffer, b: Buffer, walk: Walk): Promise<FormatResult> {
  const [startA, startB] = [startOf(a), startOf(b)];
  const found = await compareArchives(a.subarray(startA), b.subarray(startB), walk);
  return withPart(found, await walk.part('prefix', a.subarray(0, startA), b.subarray(0, startB)));
}

/** Zip archives and what is built on them: jar, wheel, docx … */
export const zip: Format = {
  name: 'zip',
  detects: (bytes) => bytes.length >= 22 && ['504b0304', '504b0506'].includes(bytes.toString('hex', 0, 4)),
  compare,
};

/** Behind a script or another header: zipapps, jmod, archives that extract themselves. */
export const prefixedZip: Format = { name: 'zip', detects: endsInZip, compare };
