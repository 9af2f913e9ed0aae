import { nameText } from '../../oci/names.ts';
import { oneField, type Values } from '../fields.ts';
import { FormatFault, OverLimit, type Format, type FormatResult, type Walk } from '../format.ts';
import { compareMembers, type Member, withPart } from '../members.ts';
import { REST } from '../rest.ts';
import { textFound } from './text.ts';

/** glibc, elf/cache.c and sysdeps/generic/dl-cache.h; numbers in the byte order of the machine, here little-endian. */
const AUX_MAGIC = 'glibc-ld.so.auxcache-';
const AUX_HEADER = 32;
/** Bytes of an entry, by version: 2.0 (glibc 2.36) has the level of the instruction set besides, and padding. */
const AUX_ENTRY: Partial<Record<string, number>> = { '1.0': 40, '2.0': 48 };
const CACHE_MAGIC = 'glibc-ld.so.cache1.1';
const MAX_ENTRIES = 100_000;

function textAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at);
  if (at >= bytes.length || end < 0) throw new FormatFault('a name is cut off');
  return nameText(bytes.toString('latin1', at, end));
}

function checked(count: number): number {
  if (count > MAX_ENTRIES) throw new OverLimit('count');
  return count;
}

/** struct aux_cache_file: libraries by inode, change time, size and device; then their names. */
function auxEntries(bytes: Buffer): { members: Member[]; rest: Buffer } {
  const size = AUX_ENTRY[auxVersion(bytes)];
  if (size === undefined) throw new FormatFault('another version');
  const count = checked(bytes.readUInt32LE(24));
  const names = AUX_HEADER + count * size;
  const members = Array.from({ length: count }, (_, number) => {
    const at = AUX_HEADER + number * size;
    const fields = ['ino', 'ctime', 'size', 'dev'];
    const values: Values = new Map(
      fields.map((name, place) => [
        name,
        { text: String(bytes.readBigUInt64LE(at + place * 8)), offset: at + place * 8 },
      ]),
    );
    values.set('flags', { text: String(bytes.readInt32LE(at + 32)), offset: at + 32 });
    if (size === 48) {
      values.set('isa-level', { text: String(bytes.readUInt32LE(at + 40)), offset: at + 40 });
      // Whatever was in memory.
      values.set('padding', { text: bytes.toString('hex', at + 44, at + 48), offset: at + 44 });
    }
    return { name: textAt(bytes, names + bytes.readUInt32LE(at + 36)), values, content: null };
  });
  return { members, rest: bytes.subarray(names) };
}

const auxVersion = (bytes: Buffer): string => bytes.toString('latin1', AUX_MAGIC.length, 24);

async function compareAux(a: Buffer, b: Buffer, walk: Walk): Promise<FormatResult> {
  const [one, other] = [auxEntries(a), auxEntries(b)];
  const found = await compareMembers('library', one.members, other.members, walk);
  const version = oneField('version', auxVersion(a), auxVersion(b), AUX_MAGIC.length);
  return withPart(
    { ...found, fields: [...version, ...found.fields] },
    await walk.part(REST, one.rest, other.rest),
  );
}

export const auxCache: Format = {
  name: 'ldconfig-aux-cache',
  detects: (bytes) => bytes.toString('latin1', 0, AUX_MAGIC.length) === AUX_MAGIC,
  compare: compareAux,
};

/** struct cache_file_new: name, path, flags and what hardware it is for; as `ldconfig -p` lists it. */
function cacheText(bytes: Buffer): string {
  const count = checked(bytes.readUInt32LE(20));
  return Array.from({ length: count }, (_, number) => {
    const at = 48 + number * 24;
    const [name, path] = [
      textAt(bytes, bytes.readUInt32LE(at + 4)),
      textAt(bytes, bytes.readUInt32LE(at + 8)),
    ];
    return `${name} (flags ${bytes.readInt32LE(at)}, hwcap ${bytes.readBigUInt64LE(at + 16)}) => ${path}\n`;
  }).join('');
}

function compareCache(a: Buffer, b: Buffer, walk: Walk): FormatResult {
  const [one, other] = [cacheText(a), cacheText(b)];
  return one === other ? {} : textFound(one, other, walk);
}

export const ldCache: Format = {
  name: 'ld.so.cache',
  detects: (bytes) => bytes.toString('latin1', 0, CACHE_MAGIC.length) === CACHE_MAGIC,
  compare: compareCache,
};
