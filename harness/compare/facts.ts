import { nameText } from '../oci/names.ts';
import type { EntryRecord } from '../oci/layers/records.ts';
import type { TreeFile } from '../oci/layers/merge.ts';
import { timeText } from '../oci/tar/time.ts';
import type { Time } from '../oci/tar/types.ts';
import type { EntryFacts, Field } from './types.ts';
import { compareText } from '../model/text-order.ts';

/** Printable ASCII stays, anything else becomes hex, as getfattr does. */
function valueText(value: Buffer): string {
  const text = value.toString('latin1');
  return /^[\u0020-\u007e]*$/.test(text) && !text.startsWith('0x') ? text : `0x${value.toString('hex')}`;
}

function xattrFacts(xattrs: Map<string, Buffer>): Record<string, string> {
  const pairs = [...xattrs].sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(pairs.map(([name, value]) => [nameText(name), valueText(value)]));
}

const timeOrNull = (time: Time | null): string | null => (time === null ? null : timeText(time));

/** What is otherwise left out: owner names, access times, dialect. */
const MORE: readonly [Field, (facts: EntryFacts, record: EntryRecord) => void][] = [
  ['uname', (facts, { uname }) => (facts.uname = nameText(uname))],
  ['gname', (facts, { gname }) => (facts.gname = nameText(gname))],
  ['atime', (facts, { atime }) => (facts.atime = timeOrNull(atime))],
  ['ctime', (facts, { ctime }) => (facts.ctime = timeOrNull(ctime))],
  ['dialect', (facts, { dialect }) => (facts.dialect = dialect)],
];

/** Made key by key: there may be one for each entry of an image. @param differing adds what is otherwise left out */
export function factsOf(
  { record, inode, attributes = record }: TreeFile,
  differing: readonly Field[],
): EntryFacts {
  const { type, device } = record;
  const { uid, gid, xattrs } = attributes;
  const mode = attributes.mode.toString(8).padStart(4, '0');
  const facts: EntryFacts = { type, mode, uid, gid };
  if (inode.type === 'file') facts.size = inode.size;
  facts.mtime = timeText(attributes.mtime);
  if (inode.type === 'file') facts.sha256 = Buffer.from(inode.content, 'latin1').toString('hex');
  if (record.linkname !== '') facts.linkname = nameText(record.linkname);
  if (device !== null) facts.device = `${device.major}:${device.minor}`;
  if (xattrs !== null) facts.xattrs = xattrFacts(xattrs);
  for (const [field, add] of MORE) if (differing.includes(field)) add(facts, record);
  return facts;
}
