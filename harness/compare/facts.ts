import { nameText } from '../oci/names.ts';
import type { TreeFile } from '../oci/layers/tree.ts';
import { timeText } from '../oci/tar/time.ts';
import type { EntryFacts, Field } from './types.ts';

/** Printable ASCII stays, anything else becomes hex, as getfattr does. */
function valueText(value: Buffer): string {
  const text = value.toString('latin1');
  return /^[\u0020-\u007e]*$/.test(text) && !text.startsWith('0x') ? text : `0x${value.toString('hex')}`;
}

function xattrFacts(xattrs: Map<string, Buffer>): Record<string, string> {
  const pairs = [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(pairs.map(([name, value]) => [nameText(name), valueText(value)]));
}

/** @param differing adds what is otherwise left out: owner names, access times, dialect */
export function factsOf({ record, inode }: TreeFile, differing: readonly Field[]): EntryFacts {
  const { type, device, xattrs, atime, ctime } = record;
  return {
    type,
    mode: record.mode.toString(8).padStart(4, '0'),
    uid: record.uid,
    gid: record.gid,
    ...(inode.type === 'file' ? { size: inode.size } : {}),
    mtime: timeText(record.mtime),
    ...(inode.type === 'file' ? { sha256: Buffer.from(inode.content, 'latin1').toString('hex') } : {}),
    ...(record.linkname === '' ? {} : { linkname: nameText(record.linkname) }),
    ...(device === null ? {} : { device: `${device.major}:${device.minor}` }),
    ...(xattrs === null ? {} : { xattrs: xattrFacts(xattrs) }),
    ...(differing.includes('uname') ? { uname: nameText(record.uname) } : {}),
    ...(differing.includes('gname') ? { gname: nameText(record.gname) } : {}),
    ...(differing.includes('atime') ? { atime: atime === null ? null : timeText(atime) } : {}),
    ...(differing.includes('ctime') ? { ctime: ctime === null ? null : timeText(ctime) } : {}),
    ...(differing.includes('dialect') ? { dialect: record.dialect } : {}),
  };
}
