import { nameText } from '../../oci/names.ts';
import { recordKey } from '../../oci/layers/records.ts';
import { capabilityNames } from './capabilities.ts';
import { follow } from './follow.ts';
import { leftover } from './leftovers.ts';
import { moduleAt, programByName, type Program } from './program-names.ts';
import type { RuntimeUser } from './accounts.ts';
import type { ScannedImage } from './scan.ts';
import type { FindingKind, Policy } from './types.ts';

/** Something that was found at a path, before it is known where it comes from. */
export interface Raw {
  kind: FindingKind;
  /** A binary string. */
  path: string;
  what: string;
  layer: number;
}

/** One path of the tree with what counts of it. */
interface Entry {
  path: string;
  name: string;
  type: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  xattrs: ReadonlyMap<string, Buffer> | null;
  layer: number;
  /** recordKey of its content. */
  key: number;
}

function* entriesOf({ tree }: ScannedImage): Generator<Entry, void> {
  for (const number of tree.shown()) {
    const file = tree.file(number)?.read();
    if (file === undefined) continue;
    const { record, inode } = file;
    const { mode, uid, gid, xattrs } = file.attributes ?? inode;
    const path = tree.paths.text(number);
    const { type, size } = inode;
    yield {
      path,
      name: nameText(path),
      type,
      mode,
      uid,
      gid,
      size,
      xattrs,
      layer: record.layer,
      key: recordKey(inode),
    };
  }
}

/** What of an image and its configuration is asked of each path. */
export interface Asked {
  user: RuntimeUser;
  policy: Policy;
  /** Folders in which a program is found by its name, without a leading slash. */
  searched: ReadonlySet<string>;
}

/** Everything that the paths of an image and their content show. */
export function treeFindings(image: ScannedImage, asked: Asked): Raw[] {
  const found: Raw[] = [];
  for (const entry of entriesOf(image)) {
    const { path, layer } = entry;
    const add = (kind: FindingKind, what: string | null): void => {
      if (what !== null) found.push({ kind, path, what, layer });
    };
    const program = programAt(image, entry, asked);
    if (program !== null) add(program.kind, programText(program, entry));
    add('setuid', setuid(entry));
    add('capability', capabilityNames(entry.xattrs?.get('security.capability')));
    add('world-writable', worldWritable(entry));
    add('user-writable', writableBy(entry, asked.user));
    const secret = image.facts.get(entry.key)?.secret ?? null;
    if (secret !== null) add(secret.kind, secret.what);
    if (entry.type === 'file') add('leftover', leftover(entry.name, entry.size));
  }
  return [...found, ...hiddenSecrets(image)];
}

/** By content first: a shell is one under any name. A name counts for what can be executed, also through a link. */
function programAt(image: ScannedImage, entry: Entry, { policy, searched }: Asked): Program | null {
  const counts = (program: Program | null): program is Program =>
    program !== null &&
    (program.kind !== 'interpreter' || policy.interpreters.some((one) => one === program.name));
  return candidates(image, entry, searched).find(counts) ?? null;
}

function candidates(image: ScannedImage, entry: Entry, searched: ReadonlySet<string>): (Program | null)[] {
  const { path, name, type } = entry;
  const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')));
  const named = searched.has(folder) ? programByName(name) : null;
  if (type === 'file') {
    const isProgram = entry.size > 0 && (entry.mode & 0o111) !== 0;
    return [contentOf(image, entry.key), entry.size > 0 ? moduleAt(name) : null, isProgram ? named : null];
  }
  const target = type === 'symlink' ? follow(image.tree, path) : null;
  const file = target === null ? undefined : image.tree.fileAt(target)?.read();
  if (file?.inode.type !== 'file') return [];
  const { mode } = file.attributes ?? file.inode;
  const isProgram = file.inode.size > 0 && (mode & 0o111) !== 0;
  return [contentOf(image, recordKey(file.inode)), isProgram ? named : null];
}

const contentOf = ({ facts }: ScannedImage, key: number): Program | null => facts.get(key)?.program ?? null;

function programText({ kind, name, by }: Program, { name: path, type }: Entry): string {
  const called = path.split('/').at(-1) === name;
  const what = kind === 'package-manager' ? 'package manager' : kind;
  const how = by === 'content' ? (called ? '' : ', by its content') : ', by its name';
  return `${what} ${name}${type === 'symlink' ? ', through a link' : how}`;
}

function setuid({ type, mode }: Entry): string | null {
  if (type !== 'file') return null;
  const bits = [...(mode & 0o4000 ? ['setuid'] : []), ...(mode & 0o2000 && mode & 0o010 ? ['setgid'] : [])];
  return bits.length === 0 || (mode & 0o111) === 0 ? null : `${bits.join(' and ')}, mode ${octal(mode)}`;
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

function worldWritable({ name, type, mode }: Entry): string | null {
  // What is below /dev is that of the container, not of the image.
  if (type === 'symlink' || (mode & 0o002) === 0 || (name.startsWith('dev/') && type !== 'dir')) return null;
  if (type === 'dir') return (mode & 0o1000) === 0 ? `folder without sticky bit, mode ${octal(mode)}` : null;
  return `mode ${octal(mode)}`;
}

const SYSTEM = /^(?:usr|bin|sbin|lib(?:32|64|x32)?|etc)(?:\/|$)/;

/** What runs may not change what it runs from; root may change everything and is a finding of its own. */
function writableBy({ name, type, mode, uid, gid }: Entry, user: RuntimeUser): string | null {
  if (type === 'symlink' || !SYSTEM.test(name) || user.uid === null || user.uid === 0) return null;
  // Whoever owns it may also change its mode.
  if (uid === user.uid) return `belongs to the user that the image runs as (${uid})`;
  return user.gids.includes(gid) && (mode & 0o020) !== 0
    ? `its group (${gid}) is that of the user and may write, mode ${octal(mode)}`
    : null;
}

/** Whoever has the image has all of its layers. */
function hiddenSecrets({ tree, facts }: ScannedImage): Raw[] {
  const shown = new Set<number>();
  for (const number of tree.shown()) shown.add(recordKey(tree.records.get(tree.inode(number))));
  return [...facts].flatMap(([key, { record, secret }]) =>
    secret === null || shown.has(key)
      ? []
      : [
          {
            kind: secret.kind,
            path: record.path,
            what: `${secret.what}, in a layer of which a later one hides it`,
            layer: record.layer,
          },
        ],
  );
}
