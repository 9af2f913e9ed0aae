import { nameText } from '../../oci/names.ts';
import { TarReader } from '../../oci/tar/reader.ts';
import { BLOCK, checksumMatches } from '../../oci/tar/header.ts';
import { timeText } from '../../oci/tar/time.ts';
import type { TarEntry, TarHandler } from '../../oci/tar/types.ts';
import { LIMITS } from '../budget.ts';
import { oneField, type Values } from '../fields.ts';
import { OverLimit, type Format, type FormatResult, type Walk } from '../format.ts';
import { compareMembers, type Member, withPart } from '../members.ts';
import { tarWritten } from './tar-written.ts';

const MAX_ENTRIES = 50_000;

/** The fields are those of the entries of a layer. */
function entryValues(entry: TarEntry): Values {
  const { device, xattrs, atime, ctime } = entry;
  const texts: [string, string | null][] = [
    ['type', entry.type],
    ['mode', entry.mode.toString(8).padStart(4, '0')],
    ['uid', String(entry.uid)],
    ['gid', String(entry.gid)],
    ['mtime', timeText(entry.mtime)],
    ['linkname', entry.linkname === '' ? null : nameText(entry.linkname)],
    ['device', device === null ? null : `${device.major}:${device.minor}`],
    ...[...(xattrs ?? [])].map(([name, value]): [string, string] => [
      `xattr ${nameText(name)}`,
      value.toString('hex'),
    ]),
    ['uname', nameText(entry.uname)],
    ['gname', nameText(entry.gname)],
    ['atime', atime === null ? null : timeText(atime)],
    ['ctime', ctime === null ? null : timeText(ctime)],
    ['dialect', entry.dialect],
  ];
  return new Map(texts.flatMap(([field, text]) => (text === null ? [] : [[field, { text }]])));
}

/** An entry, of which it is known only at its end how it is written. */
interface Open {
  entry: TarEntry;
  blocks: Buffer[];
  padding: Buffer[];
  member: Member;
}

class Collector implements TarHandler {
  readonly members: Member[] = [];
  /** All bytes after the last entry. */
  trailing: Buffer[] = [];
  readonly #source: Buffer;
  #parts: Buffer[] = [];
  #blocks: Buffer[] = [];
  #open: Open | null = null;

  constructor(source: Buffer) {
    this.#source = source;
  }

  header(block: Buffer): void {
    this.#blocks.push(Buffer.from(block));
  }

  padding(piece: Buffer): void {
    this.#open?.padding.push(piece);
  }

  entry(entry: TarEntry): boolean {
    if (this.members.length >= MAX_ENTRIES) throw new OverLimit('count');
    this.trailing = [];
    const parts: Buffer[] = [];
    this.#parts = parts;
    const content = entry.type === 'file' ? () => joined(parts) : null;
    const member = { name: nameText(entry.name), values: entryValues(entry), content };
    this.#open = { entry, blocks: this.#blocks, padding: [], member };
    this.#blocks = [];
    return entry.type === 'file';
  }

  data(piece: Buffer): void {
    // What lies in the archive itself stays valid; the reader's own zeros for holes do not.
    this.#parts.push(piece.buffer === this.#source.buffer ? piece : Buffer.from(piece));
  }

  entryEnd(): void {
    this.#parts = [];
    if (this.#open === null) return;
    const { entry, blocks, padding, member } = this.#open;
    const { values, written } = tarWritten(blocks, Buffer.concat(padding), entry, member.values);
    this.members.push({ ...member, values: new Map([...member.values, ...values]), written });
    this.#open = null;
  }

  trailer(piece: Buffer): void {
    this.trailing.push(Buffer.from(piece));
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}

function readTar(bytes: Buffer): Collector {
  const collector = new Collector(bytes);
  const reader = new TarReader(collector, 'inside', LIMITS.partBytes);
  reader.push(bytes);
  reader.end();
  return collector;
}

async function compare(a: Buffer, b: Buffer, walk: Walk): Promise<FormatResult> {
  const [one, other] = [readTar(a), readTar(b)];
  const found = await compareMembers('tar-entry', one.members, other.members, walk);
  const [endA, endB] = [Buffer.concat(one.trailing), Buffer.concat(other.trailing)];
  const fields = oneField('trailer', `${endA.length} bytes`, `${endB.length} bytes`);
  const trailer =
    fields.length > 0 && isZero(endA) && isZero(endB) ? null : await walk.part('trailer', endA, endB);
  return withPart({ ...found, fields: [...found.fields, ...fields] }, trailer);
}

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);

/** A tar archive inside a layer. */
export const tar: Format = {
  name: 'tar',
  detects: (bytes) => bytes.length >= BLOCK && checksumMatches(bytes.subarray(0, BLOCK)),
  compare,
};
