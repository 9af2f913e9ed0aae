import { readPinned } from '../../lock/entry.ts';
import { readLockFile } from '../../lock/parse.ts';
import { quote } from '../../lock/quote.ts';
import type { PinnedFile } from '../../lock/types.ts';
import { isRepoId, urlFault } from '../../lock/url.ts';
import { YamlReader } from '../../lock/yaml-reader.ts';
import type { Value } from '../../lock/yaml-reader.ts';
import { DEBIAN_KEYRING } from './keyring.ts';

/** One suite of a Debian package archive. */
export interface DebRepo {
  repoid: string;
  /** Ends with a slash. */
  baseurl: string;
  mirrors: string[];
  suite: string;
  components: string[];
  /** A .deb that holds the keys which the archive is signed with. */
  keyring: PinnedFile;
  /** As apt's Check-Valid-Until: false takes Release files that are past their `Valid-Until`, as those of snapshots are. */
  checkValidUntil: boolean;
}

export interface WantedPackage {
  name: string;
  /** Exactly this version, or the highest for null. */
  version: string | null;
}

/** What `debs.in.yaml` asks for; see docs/locks.md. */
export interface DebInput {
  path: string;
  repos: DebRepo[];
  packages: WantedPackage[];
  excludePackages: string[];
  arches: string[];
  noDependencies: boolean;
  /** Also every package with `Essential: yes` or `Priority: required`: what dpkg takes for granted. */
  includeEssential: boolean;
}

const KEYS = ['contentOrigin', 'packages', 'excludePackages', 'arches', 'noDependencies', 'includeEssential'];
const REPO_KEYS = ['repoid', 'baseurl', 'mirrors', 'suite', 'components', 'keyring', 'checkValidUntil'];
const NAME = /^[a-z0-9][a-z0-9+.-]{0,100}$/;
const WANTED = /^([a-z0-9][a-z0-9+.-]{0,100})(?:=([A-Za-z0-9][A-Za-z0-9.+~:-]*))?$/;

/** @throws TwinproofError lock-invalid with `file:line:column` */
export async function readDebInput(path: string): Promise<DebInput> {
  return parseDebInput(await readLockFile(path), path);
}

export function parseDebInput(text: string, path: string): DebInput {
  const reader = new YamlReader(path, text);
  const top = reader.map(reader.root, 'the file');
  refuseOthers(reader, top, KEYS);
  const repos = readRepos(reader, top.get('contentOrigin') ?? reader.root);
  const packages = reader
    .list(top.get('packages') ?? reader.root, 'packages')
    .map((value) => readWanted(reader, value));
  const input = {
    path,
    repos,
    packages,
    excludePackages: names(reader, top, 'excludePackages', NAME),
    arches: top.has('arches') ? names(reader, top, 'arches', /^[a-z0-9][a-z0-9-]{0,30}$/) : ['amd64'],
    noDependencies: flag(reader, top, 'noDependencies'),
    includeEssential: flag(reader, top, 'includeEssential'),
  };
  if (input.arches.length === 0) reader.complain(top.get('arches') ?? null, 'arches is empty');
  reader.finish();
  return input;
}

function refuseOthers(reader: YamlReader, map: Map<string, Value | null>, known: string[]): void {
  for (const [key, value] of map) {
    if (known.includes(key)) continue;
    reader.complain(value, `unknown key ${quote(key)}`, `known are ${known.join(', ')}`);
  }
}

function readRepos(reader: YamlReader, value: Value | null): DebRepo[] {
  const origin = reader.map(value, 'contentOrigin');
  refuseOthers(reader, origin, ['repos']);
  const list = reader.list(origin.get('repos') ?? value, 'contentOrigin.repos');
  if (list.length === 0) reader.complain(value, 'contentOrigin.repos names no repository');
  const seen = new Set<string>();
  return list.map((item) => {
    const repo = readRepo(reader, item);
    if (seen.has(repo.repoid)) reader.complain(item, `the repoid ${quote(repo.repoid)} is given twice`);
    seen.add(repo.repoid);
    return repo;
  });
}

function readRepo(reader: YamlReader, item: Value): DebRepo {
  const fields = reader.map(item, 'a repository');
  refuseOthers(reader, fields, REPO_KEYS);
  const repoid = reader.text(fields.get('repoid') ?? item, 'repoid');
  if (!isRepoId(repoid))
    reader.complain(fields.get('repoid') ?? item, 'repoid must be letters, digits and . _ : + ~ @ -');
  const suite = reader.text(fields.get('suite') ?? item, 'suite');
  const mirrors = fields.has('mirrors') ? reader.list(fields.get('mirrors') ?? item, 'mirrors') : [];
  const keyring = fields.get('keyring') ?? null;
  if (!/^[a-z0-9][A-Za-z0-9.+~-]*(\/[A-Za-z0-9][A-Za-z0-9.+~-]*)*$/.test(suite)) {
    reader.complain(fields.get('suite') ?? item, 'this is not the name of a suite');
  }
  return {
    repoid,
    suite,
    baseurl: readBase(reader, fields.get('baseurl') ?? item),
    mirrors: mirrors.map((mirror) => readBase(reader, mirror)),
    components: fields.has('components')
      ? names(reader, fields, 'components', /^[a-z0-9][a-z0-9.+/-]*$/)
      : ['main'],
    keyring: keyring === null ? DEBIAN_KEYRING : readKeyring(reader, keyring, repoid),
    checkValidUntil: flag(reader, fields, 'checkValidUntil', true),
  };
}

/** As in sources.list, the slash at the end may be left out. */
function readBase(reader: YamlReader, value: Value): string {
  const url = reader.text(value, 'a URL');
  const fault = url === '' ? null : urlFault(url);
  if (fault !== null) reader.complain(value, fault);
  return url.endsWith('/') ? url : `${url}/`;
}

/** `{ url, size, checksum }` of a .deb. */
function readKeyring(reader: YamlReader, value: Value, repoid: string): PinnedFile {
  const fields = reader.map(value, 'keyring');
  refuseOthers(reader, fields, ['url', 'size', 'checksum', 'repoid']);
  return readPinned(reader, value, repoid);
}

function readWanted(reader: YamlReader, value: Value): WantedPackage {
  const text = reader.text(value, 'a package');
  const match = WANTED.exec(text);
  if (match === null) reader.complain(value, `${quote(text)} is neither a package name nor name=version`);
  return { name: match?.[1] ?? '', version: match?.[2] ?? null };
}

function names(reader: YamlReader, map: Map<string, Value | null>, key: string, pattern: RegExp): string[] {
  if (!map.has(key)) return [];
  return reader.list(map.get(key) ?? null, key).map((value) => {
    const text = reader.text(value, `an entry of ${key}`);
    if (!pattern.test(text)) reader.complain(value, `${quote(text)} cannot stand in ${key}`);
    return text;
  });
}

function flag(reader: YamlReader, map: Map<string, Value | null>, key: string, otherwise = false): boolean {
  if (!map.has(key)) return otherwise;
  const text = reader.text(map.get(key) ?? null, key);
  if (text !== 'true' && text !== 'false')
    reader.complain(map.get(key) ?? null, `${key} must be true or false`);
  return text === 'true';
}
