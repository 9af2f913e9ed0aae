import type { Dialect, EntryType, Time } from '../tar/types.ts';
import type { EntryRecord } from './records.ts';

const TYPES: readonly EntryType[] = ['file', 'hardlink', 'symlink', 'chardev', 'blockdev', 'dir', 'fifo'];
const DIALECTS: readonly Dialect[] = ['v7', 'ustar', 'star', 'gnu', 'pax'];

/** Numbers of one record. */
const NUMBERS = 16;
/** Bytes of a sha256. */
const DIGEST = 32;

/** What few records have. */
interface Rare {
  atime: Time | null;
  ctime: Time | null;
  device: { major: number; minor: number } | null;
  /** Values as binary strings. */
  xattrs: [name: string, value: string][] | null;
}

/**
 * Records of one layer on their way between threads, column by column: one object for each would cost more than
 * reading them from the archive does.
 */
export interface PackedRecords {
  layer: number;
  numbers: Float64Array;
  /** Path, name (empty when it is the path), link target and names of the owners, one behind the other. */
  names: string;
  /** Digests of the content of files, one behind the other. */
  contents: Uint8Array;
  /** By place in this pack. */
  rare: Map<number, Rare>;
}

const FLAG_RARE = 1;
const FLAG_CONTENT = 2;

function rareOf({ atime, ctime, device, xattrs }: EntryRecord): Rare | null {
  if (atime === null && ctime === null && device === null && xattrs === null) return null;
  const pairs = xattrs === null ? null : [...xattrs].map(([key, value]) => [key, value.toString('latin1')]);
  return { atime, ctime, device, xattrs: pairs as Rare['xattrs'] };
}

/** Gathers records of one layer. */
export class RecordPacker {
  readonly #room: number;
  #numbers: Float64Array;
  #contents: Buffer;
  #names = '';
  #rare = new Map<number, Rare>();
  #count = 0;
  #digests = 0;

  /** @param room records in a pack */
  constructor(room: number) {
    this.#room = room;
    this.#numbers = new Float64Array(room * NUMBERS);
    this.#contents = Buffer.alloc(room * DIGEST);
  }

  get full(): boolean {
    return this.#count === this.#room;
  }

  add(record: EntryRecord): void {
    const { path, name, mtime } = record;
    const { linkname, uname, gname } = record;
    const other = name === path ? '' : name;
    this.#names += path + other + linkname + uname + gname;
    const rare = rareOf(record);
    if (rare !== null) this.#rare.set(this.#count, rare);
    const hasContent = record.content !== '';
    if (hasContent) this.#contents.write(record.content, DIGEST * this.#digests++, DIGEST, 'latin1');
    const flags = (rare === null ? 0 : FLAG_RARE) | (hasContent ? FLAG_CONTENT : 0);
    const at = NUMBERS * this.#count++;
    const numbers = this.#numbers;
    numbers[at] = flags;
    numbers[at + 1] = TYPES.indexOf(record.type);
    numbers[at + 2] = DIALECTS.indexOf(record.dialect);
    numbers[at + 3] = record.mode;
    numbers[at + 4] = record.uid;
    numbers[at + 5] = record.gid;
    numbers[at + 6] = record.size;
    numbers[at + 7] = record.position;
    numbers[at + 8] = record.headerCrc;
    numbers[at + 9] = mtime.seconds;
    numbers[at + 10] = mtime.nanoseconds;
    numbers[at + 11] = path.length;
    numbers[at + 12] = other.length;
    numbers[at + 13] = linkname.length;
    numbers[at + 14] = uname.length;
    numbers[at + 15] = gname.length;
  }

  /** The records gathered so far; their memory is the taker's. */
  take(layer: number): PackedRecords {
    const packed = {
      layer,
      numbers: this.#numbers.slice(0, NUMBERS * this.#count),
      names: this.#names,
      contents: new Uint8Array(this.#contents.subarray(0, DIGEST * this.#digests)),
      rare: this.#rare,
    };
    this.#names = '';
    this.#rare = new Map();
    this.#count = 0;
    this.#digests = 0;
    return packed;
  }
}

function unpackXattrs(pairs: Rare['xattrs']): Map<string, Buffer> | null {
  if (pairs === null) return null;
  return new Map(pairs.map(([key, value]) => [key, Buffer.from(value, 'latin1')]));
}

/** Takes a pack apart, record by record. */
export function* unpackRecords(pack: PackedRecords): Generator<EntryRecord> {
  const { numbers, names, layer } = pack;
  const contents = Buffer.from(pack.contents.buffer, pack.contents.byteOffset, pack.contents.byteLength);
  let digests = 0;
  let read = 0;
  const text = (length = 0): string => names.substring(read, (read += length));
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const field = (column: number): number => numbers[at + column] ?? 0;
    const flags = field(0);
    const rare = (flags & FLAG_RARE) === 0 ? undefined : pack.rare.get(at / NUMBERS);
    const path = text(field(11));
    const name = text(field(12));
    yield {
      name: name === '' ? path : name,
      type: TYPES[field(1)] ?? 'file',
      mode: field(3),
      uid: field(4),
      gid: field(5),
      size: field(6),
      mtime: { seconds: field(9), nanoseconds: field(10) },
      atime: rare?.atime ?? null,
      ctime: rare?.ctime ?? null,
      linkname: text(field(13)),
      uname: text(field(14)),
      gname: text(field(15)),
      device: rare?.device ?? null,
      xattrs: unpackXattrs(rare?.xattrs ?? null),
      dialect: DIALECTS[field(2)] ?? 'v7',
      headerCrc: field(8),
      path,
      content:
        (flags & FLAG_CONTENT) === 0 ? '' : contents.toString('latin1', DIGEST * digests, DIGEST * ++digests),
      layer,
      position: field(7),
    };
  }
}
