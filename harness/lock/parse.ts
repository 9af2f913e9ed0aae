import { readFile, stat } from 'node:fs/promises';
import { TwinproofError } from '../errors.ts';
import { complainOfPlaces, complainOfVersions, withoutRepeats } from './duplicates.ts';
import type { LockFormat } from '../packages/ecosystem.ts';
import { ECOSYSTEMS, type Ecosystems } from '../packages/registry.ts';
import { lockFormatOf } from './format.ts';
import { readExpiredReleases } from './expired.ts';
import { readEntry, readPackage } from './entry.ts';
import type { Needed, Placed } from './entry.ts';
import { nameRepositories } from './repositories.ts';
import type { Lock, LockedArch, LockedFile } from './types.ts';
import { isUrlPrefix, urlFault } from './url.ts';
import { MAX_YAML_BYTES, YamlReader } from './yaml-reader.ts';
import type { Value } from './yaml-reader.ts';
import { sha256 } from '../model/digest.ts';

const LISTS = ['packages', 'source', 'module_metadata'] as const;
const CUT_OFF = 'is the file cut off? `npx twinproof lock` writes it again';

/**
 * Reads and checks a lock file; its name says of what packages it is. Unknown keys and comments are tolerated. An rpm lock is
 * read as Hermeto reads it, so of an entry only the URL must be there; a Debian lock has all that `twinproof lock` writes.
 * @throws TwinproofError lock-invalid with `file:line:column`
 */
export async function readLock(path: string, ecosystems: Ecosystems = ECOSYSTEMS): Promise<Lock> {
  return parseLock(await readLockFile(path), path, ecosystems);
}

/** Text of a lock or of its input; size and encoding are checked. */
export async function readLockFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_YAML_BYTES)
      throw new TwinproofError('lock-invalid', `larger than ${MAX_YAML_BYTES} bytes`, { where: path });
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof TwinproofError) throw cause;
    const code =
      cause instanceof TypeError
        ? 'not UTF-8 text'
        : ((cause as NodeJS.ErrnoException).code ?? String(cause));
    throw new TwinproofError('lock-invalid', `cannot be read: ${code}`, { where: path, cause });
  }
}

/** As `readLock`, for text that is already there. */
export function parseLock(text: string, path: string, ecosystems: Ecosystems = ECOSYSTEMS): Lock {
  const format = lockFormatOf(path, ecosystems);
  const reader = new YamlReader(path, text);
  const top = reader.root === null ? new Map<string, null>() : reader.map(reader.root, 'the lock');
  const version = top.get('lockfileVersion') ?? null;
  if (reader.root === null || !top.has('lockfileVersion')) {
    reader.complain(null, 'this is no lock: it has no lockfileVersion', CUT_OFF);
  } else if (reader.text(version, 'lockfileVersion') !== '1') {
    reader.complain(version, 'only lockfileVersion 1 is known');
  }
  // A version or a size without the end of its line may be cut and still be valid; a bracket, as in JSON, is an end.
  if (!/[\n\]}]$/.test(text)) reader.complain(null, 'the last line has no end', CUT_OFF);
  const arches = required(reader, top, 'arches', reader.root).map((value) => readArch(reader, value, format));
  const seen = new Set<string>();
  for (const { arch, at } of arches) {
    if (seen.has(arch)) reader.complain(at, `the architecture ${arch} is given twice`);
    seen.add(arch);
  }
  const origins = top.has('origins') ? readOrigins(reader, top.get('origins') ?? null) : [];
  const expired = top.has('expiredReleases')
    ? readExpiredReleases(reader, top.get('expiredReleases') ?? null)
    : [];
  reader.finish();
  const digest = sha256(text);
  return {
    kind: format.kind,
    path,
    digest,
    arches: arches.map(({ locked }) => locked),
    origins,
    expiredReleases: expired,
  };
}

function readArch(
  reader: YamlReader,
  value: Value,
  format: LockFormat,
): { arch: string; at: Value; locked: LockedArch } {
  const fields = reader.map(value, 'an entry of arches');
  const arch = reader.text(fields.get('arch') ?? value, 'arch');
  if (arch !== '' && !/^[a-z0-9][a-z0-9_-]{0,30}$/.test(arch)) {
    reader.complain(fields.get('arch') ?? value, 'arch is not the name of an architecture');
  }
  const needed: Needed = format.complete ? 'all' : 'url';
  if (!LISTS.some((key) => fields.has(key))) {
    reader.complain(value, `an architecture has none of ${LISTS.join(', ')}`, CUT_OFF);
  }
  const listOf = (key: (typeof LISTS)[number]): Value[] =>
    needed === 'all' || fields.has(key) ? required(reader, fields, key, value) : [];
  const distinct = <T extends LockedFile>(list: Placed<T>[]): Placed<T>[] =>
    withoutRepeats(reader, list, needed === 'url');
  const packages = distinct(listOf('packages').map((item) => readPackage(reader, item, needed)));
  const source = distinct(listOf('source').map((item) => readPackage(reader, item, needed)));
  const metadata = distinct(listOf('module_metadata').map((item) => readEntry(reader, item, needed)));
  complainOfPlaces(reader, packages, metadata);
  if (format.oneVersion) complainOfVersions(reader, packages);
  const bare = <T>(entries: { entry: T }[]): T[] => entries.map(({ entry }) => entry);
  const locked = { arch, packages: bare(packages), source: bare(source), moduleMetadata: bare(metadata) };
  nameRepositories([...locked.packages, ...locked.source, ...locked.moduleMetadata]);
  return { arch, at: value, locked };
}

function required(
  reader: YamlReader,
  map: Map<string, Value | null>,
  key: string,
  at: Value | null,
): Value[] {
  if (map.has(key)) return reader.list(map.get(key) ?? at, key);
  reader.complain(at, `the key ${key} is missing`, CUT_OFF);
  return [];
}

/** `[{ url, mirrors: [url] }]`; every URL is a prefix and ends with a slash. */
function readOrigins(reader: YamlReader, value: Value | null): Lock['origins'] {
  return reader.list(value, 'origins').map((item) => {
    const fields = reader.map(item, 'an entry of origins');
    const mirrors = reader.list(fields.get('mirrors') ?? null, 'mirrors');
    return {
      url: readPrefix(reader, fields.get('url') ?? item),
      mirrors: mirrors.map((mirror) => readPrefix(reader, mirror)),
    };
  });
}

/** A URL under which files lie; complains when it does not end with a slash. */
function readPrefix(reader: YamlReader, value: Value | null): string {
  const url = reader.text(value, 'a URL');
  if (url === '') return url;
  const fault = urlFault(url) ?? (isUrlPrefix(url) ? null : 'the URL must end with a slash');
  if (fault !== null) reader.complain(value, fault);
  return url;
}
