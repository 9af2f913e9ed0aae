import { nameText } from '../../oci/names.ts';
import { TarReader } from '../../oci/tar/reader.ts';
import { BLOCK, checksumMatches } from '../../oci/tar/header.ts';
import { timeText } from '../../oci/tar/time.ts';
import type { TarEntry, TarHandler } from '../../oci/tar/types.ts';
import { LIMITS } from '../budget.ts';
import { oneField, type Values } from '../fields.ts';
import { OverLimit, type Format, type Found, type Walk } from '../format.ts';
import { compareMembers, type Member } from '../members.ts';

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

class Collector implements TarHandler {
  readonly members: Member[] = [];
  trailerSize = 0;
  readonly #source: Buffer;
  #parts: Buffer[] = [];

  constructor(source: Buffer) {
    this.#source = source;
  }

  entry(entry: TarEntry): boolean {
    if (this.members.length >= MAX_ENTRIES) throw new OverLimit('count');
    this.trailerSize = 0;
    const parts: Buffer[] = [];
    this.#parts = parts;
    this.members.push({
      name: nameText(entry.name),
      values: entryValues(entry),
      content: entry.type === 'file' ? () => joined(parts) : null,
    });
    return entry.type === 'file';
  }

  data(piece: Buffer): void {
    // What lies in the archive itself stays valid; the reader's own zeros for holes do not.
    this.#parts.push(piece.buffer === this.#source.buffer ? piece : Buffer.from(piece));
  }

  entryEnd(): void {
    this.#parts = [];
  }

  trailer(piece: Buffer): void {
    this.trailerSize += piece.length;
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

async function compare(a: Buffer, b: Buffer, walk: Walk): Promise<Found> {
  const [one, other] = [readTar(a), readTar(b)];
  const found = await compareMembers('tar-entry', one.members, other.members, walk);
  const size = ({ trailerSize }: Collector): string => `${trailerSize} bytes`;
  return { ...found, fields: [...found.fields, ...oneField('trailer', size(one), size(other))] };
}

/** A tar archive inside a layer. */
export const tar: Format = {
  name: 'tar',
  detects: (bytes) => bytes.length >= BLOCK && checksumMatches(bytes.subarray(0, BLOCK)),
  compare,
};
