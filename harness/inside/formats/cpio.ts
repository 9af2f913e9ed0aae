import { nameText } from '../../oci/names.ts';
import { timeValue, type Values } from '../fields.ts';
import { OverLimit, type Format, type FormatResult, type Walk } from '../format.ts';
import { compareMembers, type Member, type MembersFound, withPart } from '../members.ts';
import type { InsideDiff } from '../types.ts';
import type { Written, WrittenPart } from '../written.ts';
import { CPIO_TRAILER, isCpio, readCpioHeader, type CpioHeader } from './cpio-header.ts';

const MAX_ENTRIES = 50_000;
const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const SYMLINK = 0o120000;

/** Its parts as they stand there, padding included. */
function writtenParts(bytes: Buffer, { at, magic, numbers, nameAt, dataAt, end }: CpioHeader): Written {
  const size = numbers.get('size')?.value ?? 0;
  return new Map<string, WrittenPart>([
    ['magic', { value: '', bytes: bytes.subarray(at, at + magic) }],
    ...[...numbers].map(([name, { value, offset, width }]): [string, WrittenPart] => [
      name,
      { value: String(value), bytes: bytes.subarray(offset, offset + width) },
    ]),
    ['name', { value: '', bytes: bytes.subarray(nameAt, dataAt) }],
    ['padding', { value: String(end - dataAt - size), bytes: bytes.subarray(dataAt + size, end) }],
  ]);
}

function valuesOf({ numbers }: CpioHeader): Values {
  const values: Values = new Map();
  for (const [name, { value, offset }] of numbers) {
    if (name === 'size' || name === 'namesize') continue;
    const text = name === 'mode' ? value.toString(8) : name === 'mtime' ? timeValue(value) : String(value);
    values.set(
      { major: 'dev-major', minor: 'dev-minor', rmajor: 'rdev-major', rminor: 'rdev-minor' }[name] ?? name,
      { text, offset },
    );
  }
  return values;
}

function memberOf(bytes: Buffer, header: CpioHeader): Member {
  const mode = header.numbers.get('mode')?.value ?? 0;
  const size = header.numbers.get('size')?.value ?? 0;
  const content = bytes.subarray(header.dataAt, header.dataAt + size);
  const has = [REGULAR, SYMLINK].includes(mode & TYPE_MASK);
  return {
    name: nameText(header.name),
    values: valuesOf(header),
    content: has ? () => content : null,
    written: writtenParts(bytes, header),
  };
}

interface Archive {
  members: Member[];
  /** The entry that ends it, and zeros up to the next archive. */
  trailer: Buffer;
}

/** One archive, up to and with its trailer. */
function readArchive(bytes: Buffer, start: number): Archive & { end: number } {
  const members: Member[] = [];
  for (let at = start; ;) {
    const header = readCpioHeader(bytes, at, start);
    if (header.name === CPIO_TRAILER) {
      let end = header.end;
      while (end < bytes.length && bytes[end] === 0) end++;
      return { members, trailer: bytes.subarray(at, end), end };
    }
    at = header.end;
    if (members.length >= MAX_ENTRIES) throw new OverLimit('count');
    members.push(memberOf(bytes, header));
  }
}

interface Initramfs {
  archives: Archive[];
  /** What follows the uncompressed archives: in an initramfs the compressed main one. */
  rest: Buffer;
}

/** The kernel takes archives one after another, with zeros between (Documentation/driver-api/early-userspace). */
function readAll(bytes: Buffer): Initramfs {
  const archives: Archive[] = [];
  let at = 0;
  while (isCpio(bytes, at)) {
    const archive = readArchive(bytes, at);
    archives.push(archive);
    at = archive.end;
  }
  return { archives, rest: bytes.subarray(Math.min(at, bytes.length)) };
}

async function compareArchives(a: Archive, b: Archive, walk: Walk): Promise<MembersFound> {
  const found = await compareMembers('cpio-entry', a.members, b.members, walk);
  return withPart(found, await walk.part('trailer', a.trailer, b.trailer));
}

async function compare(bytesA: Buffer, bytesB: Buffer, walk: Walk): Promise<FormatResult> {
  const [a, b] = [readAll(bytesA), readAll(bytesB)];
  const [onlyA, onlyB] = [a.archives[0], b.archives[0]];
  const single = [a, b].every(({ archives, rest }) => archives.length === 1 && rest.length === 0);
  if (single && onlyA !== undefined && onlyB !== undefined) return await compareArchives(onlyA, onlyB, walk);
  const children: (InsideDiff | null)[] = [];
  const count = Math.max(a.archives.length, b.archives.length);
  for (let number = 0; number < count; number++) {
    const [one, other] = [a.archives[number], b.archives[number]];
    const part = `archive ${number + 1}`;
    if (one === undefined || other === undefined) {
      children.push(walk.node('cpio', part, { change: one === undefined ? 'added' : 'removed' }));
      continue;
    }
    const found = await compareArchives(one, other, walk);
    const differs = found.fields.length + found.children.length + found.limits.length > 0;
    if (differs) children.push(walk.node('cpio', part, found));
  }
  children.push(await walk.part('main', a.rest, b.rest));
  return { children: children.filter((child) => child !== null) };
}

/** cpio in its "new", "old character" and "old binary" forms; an initramfs is one or several of them. */
export const cpio: Format = { name: 'cpio', detects: (bytes) => isCpio(bytes, 0), compare };
