import type { TestEntry } from '../../../harness/testing/oci/tar/tar.ts';
import { compareText } from '../../../harness/model/text-order.ts';

/** An entry of a layer with the extended headers in front of it. */
export interface Member {
  entry: TestEntry;
  /** Of the PAX header that belongs to it. */
  pax: [key: string, value: string][];
  /** Of a global header in front of that. */
  global: [key: string, value: string][];
}

/** What a name is once the layer is unpacked. */
interface Unpacked {
  type: string;
  mode: number;
  uid: number;
  mtime: number;
  content: string;
  linkname: string;
  xattrs: Record<string, string>;
  major: number;
}

type Change = (found: Unpacked & { path: string }, value: string) => void;

/** What Go's reader makes of records; whatever is not here it passes over, as it does over all global ones. */
const RULES: readonly [key: RegExp, change: Change][] = [
  [/^path$/, (found, value) => (found.path = value)],
  [/^uid$/, (found, value) => (found.uid = Number(value))],
  [/^mtime$/, (found, value) => (found.mtime = Number(value))],
  [/^linkpath$/, (found, value) => (found.linkname = value)],
];
const XATTR = 'SCHILY.xattr.';

function applied({ entry, pax }: Member): Unpacked & { path: string } {
  const {
    name,
    type = 'file',
    mode = 0,
    uid = 0,
    mtime = '0',
    content = '',
    linkname = '',
    major = 0,
  } = entry;
  const isDevice = type === 'chardev';
  const found = {
    ...{ path: name, type, mode, uid, mtime: Number(mtime), linkname, xattrs: {} as Record<string, string> },
    content: type === 'file' ? content.toString() : '',
    major: isDevice ? major : 0,
  };
  // Of records with one key the last counts, also when it is empty.
  for (const [key, value] of new Map(pax)) {
    if (key.startsWith(XATTR)) found.xattrs[key.slice(XATTR.length)] = value;
    else if (value !== '') RULES.find(([known]) => known.test(key))?.[1](found, value);
  }
  // Nothing looks at the mode of a symbolic link, and nothing but a link has a target.
  if (type === 'symlink') found.mode = 0;
  if (type !== 'symlink' && type !== 'hardlink') found.linkname = '';
  return found;
}

/** Names that are one file are named together; what a hard link says is set on all of them. */
export function unpacked(members: readonly Member[]): string {
  const files = new Map<string, Unpacked>();
  for (const member of members) {
    const { path, ...found } = applied(member);
    const name = path.replace(/\/$/, '');
    if (found.type !== 'hardlink') {
      files.set(name, found);
      continue;
    }
    const target = files.get(found.linkname);
    if (target === undefined) throw new Error('a hard link to nothing was made');
    const { mode, uid, mtime, xattrs } = found;
    Object.assign(target, { uid, mtime, xattrs: { ...target.xattrs, ...xattrs } });
    if (target.type !== 'symlink') target.mode = mode;
    files.set(name, target);
  }
  const names = Map.groupBy(files, ([, file]) => file);
  const lines = [...names].map(([{ xattrs, ...file }, list]) => {
    const pairs = Object.entries(xattrs).sort(([a], [b]) => compareText(a, b));
    return JSON.stringify([list.map(([name]) => name).sort(), file, pairs]);
  });
  return lines.sort().join('\n');
}
