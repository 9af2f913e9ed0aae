import { compareText } from '../../model/text-order.ts';
import { type UnitFile, parseUnitFile } from './unit-file.ts';

/** What a release for two slots is made of. */
export const PARTS = ['root', 'kernel', 'initrd', 'entry'] as const;
export type Part = (typeof PARTS)[number];

/** How one of these is called where it is served, and where it is installed; `@v` stands for the version. */
export interface Transfer {
  /** Name of the file that says so. */
  file: string;
  source: string;
  /** Name of a partition, or a path from the root of the EFI system partition. */
  target: string;
}

/** Files that tell systemd-sysupdate what to do; what is not `.transfer` is of systemd before 257. Source: sysupdate.d(5). */
export const TRANSFERS = /^(?:etc|usr\/local\/lib|usr\/lib)\/sysupdate\.d\/[^/]+\.(?:transfer|conf)$/;
/** What changes them from elsewhere. */
export const BESIDE_TRANSFERS = /^(?:etc|usr\/local\/lib|usr\/lib)\/sysupdate\.d\/[^/]+(?:\.d\/|\.feature$)/;

const ROOTS = ['root', 'root-x86-64', '4f68bce3-e8cd-4db1-96e7-fbcaf984b709'];

/** Why there are none that can be followed. */
export class NotFollowed extends Error {}

/**
 * Reads how an image wants to be updated.
 * @param files content by path
 * @param specifiers what stands for `%M` and the like
 * @throws NotFollowed with the file and what is in it that cannot be made or served here
 */
export function parseTransfers(
  files: ReadonlyMap<string, Uint8Array>,
  specifiers: ReadonlyMap<string, string>,
): Map<Part, Transfer> {
  const found = new Map<Part, Transfer>();
  for (const [file, text] of inForce(files)) {
    const unit = parseUnitFile(text);
    const part = partOf(unit, file);
    const before = found.get(part);
    if (before !== undefined) throw new NotFollowed(`${file} is for the ${part}, as ${before.file} is`);
    const source = patterns(unit, 'Source', specifiers).find((one) => !/@(?!v)/.test(one));
    const target = patterns(unit, 'Target', specifiers).find((one) => !/@(?!v)/.test(one));
    if (source === undefined || target === undefined)
      throw new NotFollowed(`${file} names nothing by the version alone`);
    const folder = part === 'root' ? '' : `${last(unit, 'Target', 'Path').replace(/\/+$/, '')}/`;
    found.set(part, { file, source, target: folder + target });
  }
  const missing = PARTS.filter((part) => !found.has(part));
  if (missing.length > 0) throw new NotFollowed(`no transfer file is for ${missing.join(', none for ')}`);
  return found;
}

/** Of files of one name, the one that counts; in order of their names. */
function inForce(files: ReadonlyMap<string, Uint8Array>): [string, string][] {
  const byName = new Map<string, string>();
  for (const folder of ['usr/lib/', 'usr/local/lib/', 'etc/'])
    for (const [path, bytes] of files)
      if (path.startsWith(`${folder}sysupdate.d/`))
        byName.set(path.replace(/^.*\//, ''), Buffer.from(bytes).toString('utf8'));
  const names = [...byName].sort(([a], [b]) => compareText(a, b));
  const current = names.filter(([name]) => name.endsWith('.transfer'));
  return current.length > 0 ? current : names;
}

function partOf(unit: UnitFile, file: string): Part {
  const source = last(unit, 'Source', 'Type');
  if (source !== 'url-file') throw new NotFollowed(`${file} takes ${source || 'nothing'}, and no url-file`);
  if (!/^https?:\/\//.test(last(unit, 'Source', 'Path')))
    throw new NotFollowed(`${file} names no server in Path=`);
  for (const key of ['Features', 'RequisiteFeatures'])
    if (last(unit, 'Transfer', key) !== '') throw new NotFollowed(`${file} is for an optional feature`);
  const type = last(unit, 'Target', 'Type');
  const kind = last(unit, 'Target', 'MatchPartitionType').toLowerCase();
  if (type === 'partition' && ROOTS.includes(kind)) return 'root';
  const onEsp = ['boot', 'esp'].includes(last(unit, 'Target', 'PathRelativeTo'));
  const path = last(unit, 'Target', 'Path').replace(/\/+$/, '');
  const name = last(unit, 'Target', 'MatchPattern');
  if (type === 'regular-file' && onEsp) {
    if (path === '/loader/entries') return 'entry';
    if (/vmlinuz|linux(?!.*\.efi)|kernel/.test(name)) return 'kernel';
    if (/initrd|initramfs/.test(name)) return 'initrd';
  }
  throw new NotFollowed(
    `${file} is for ${[type, kind, path, name].filter((word) => word !== '').join(' ')}, which is not made here`,
  );
}

const last = (unit: UnitFile, section: string, key: string): string =>
  unit.get(section)?.get(key)?.at(-1) ?? '';

/** `MatchPattern=` of a section, with specifiers put in. */
function patterns(unit: UnitFile, section: string, specifiers: ReadonlyMap<string, string>): string[] {
  const given = unit.get(section)?.get('MatchPattern') ?? [];
  const since = given.slice(given.lastIndexOf('') + 1);
  return since
    .flatMap((line) => line.split(/\s+/))
    .filter((pattern) => pattern !== '')
    .map((pattern) => pattern.replace(/%(.)/g, (whole, letter: string) => specifiers.get(letter) ?? whole))
    .filter((pattern) => /^(?:[\w.+~-]|@\w)*@v(?:[\w.+~-]|@\w)*$/.test(pattern));
}
