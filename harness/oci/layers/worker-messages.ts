import type { ErrorCode } from '../../errors.ts';
import type { LayerJob } from './layer.ts';
import type { Budget, EntryRecord, Trailer } from './records.ts';
import type { EntryType, Dialect, Time } from '../tar/types.ts';
import type { ReadLimits } from '../types.ts';

/** To the thread that reads layers. */
export type Request =
  | { type: 'read'; job: LayerJob; limits: ReadLimits; layer: number; budget: Budget }
  | { type: 'fetch'; layer: number; position: number };

/** From the thread. */
export type Reply =
  | { type: 'records'; records: PackedRecord[] }
  | { type: 'done'; trailer: Trailer; budget: Budget }
  | { type: 'failed'; code: ErrorCode | null; message: string; where: string | null; hint: string | null }
  | { type: 'content'; layer: number; position: number; content: Uint8Array | null };

type PackedTime = [seconds: number, nanoseconds: number] | null;

/** A record without the names of its fields, which would cost more than the values. */
export type PackedRecord = [
  path: string,
  name: string | null,
  type: EntryType,
  numbers: [
    mode: number,
    uid: number,
    gid: number,
    size: number,
    layer: number,
    position: number,
    crc: number,
  ],
  names: [uname: string, gname: string, linkname: string],
  mtime: [seconds: number, nanoseconds: number],
  atime: PackedTime,
  ctime: PackedTime,
  device: [major: number, minor: number] | null,
  xattrs: [name: string, value: string][] | null,
  dialect: Dialect,
  content: string,
  binary: boolean,
];

const packTime = (time: Time | null): PackedTime => (time === null ? null : [time.seconds, time.nanoseconds]);

function unpackTime(time: PackedTime): Time | null {
  return time === null ? null : { seconds: time[0], nanoseconds: time[1] };
}

export function pack(record: EntryRecord): PackedRecord {
  const { path, name, device, xattrs } = record;
  return [
    path,
    name === path ? null : name,
    record.type,
    [record.mode, record.uid, record.gid, record.size, record.layer, record.position, record.headerCrc],
    [record.uname, record.gname, record.linkname],
    [record.mtime.seconds, record.mtime.nanoseconds],
    packTime(record.atime),
    packTime(record.ctime),
    device === null ? null : [device.major, device.minor],
    xattrs === null ? null : [...xattrs].map(([key, value]) => [key, value.toString('latin1')]),
    record.dialect,
    record.content,
    record.binary,
  ];
}

export function unpack(packed: PackedRecord): EntryRecord {
  const [path, name, type, numbers, names, mtime, atime, ctime, device, xattrs, dialect, content, binary] =
    packed;
  const [mode, uid, gid, size, layer, position, headerCrc] = numbers;
  const [uname, gname, linkname] = names;
  return {
    name: name ?? path,
    type,
    mode,
    uid,
    gid,
    uname,
    gname,
    size,
    mtime: { seconds: mtime[0], nanoseconds: mtime[1] },
    atime: unpackTime(atime),
    ctime: unpackTime(ctime),
    linkname,
    device: device === null ? null : { major: device[0], minor: device[1] },
    xattrs:
      xattrs === null ? null : new Map(xattrs.map(([key, value]) => [key, Buffer.from(value, 'latin1')])),
    dialect,
    headerCrc,
    path,
    content,
    binary,
    layer,
    position,
  };
}
