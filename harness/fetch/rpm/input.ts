import type { YAMLMap, YAMLSeq } from 'yaml';
import { readLockFile } from '../../lock/parse.ts';
import { quote } from '../../lock/quote.ts';
import { YamlReader } from '../../lock/yaml-reader.ts';
import type { Value } from '../../lock/yaml-reader.ts';
import { makeRepo, repoFault } from './repo.ts';
import type { RpmInput, RpmRepo, WantedRpm } from './types.ts';

type Fields = Map<string, Value | null>;

const KEYS = [
  'contentOrigin',
  'packages',
  'excludePackages',
  'moduleEnable',
  'moduleDisable',
  'arches',
  'allowerasing',
  'installWeakDeps',
  'noSources',
  'variables',
  'context',
];
/** Of rpm-lockfile-prototype, for layers on an image that has packages already, and others that reach out further. */
const UNSUPPORTED = ['reinstallPackages', 'upgradePackages', 'assumeProvides', 'matchContextVersions'];
const ARCH = /^[a-z0-9][a-z0-9_]{0,30}$/;
const SPEC = /^[\x21-\x7e]{1,200}$/;

/** @throws TwinproofError lock-invalid with `file:line:column` */
export async function readRpmInput(path: string): Promise<RpmInput> {
  return parseRpmInput(await readLockFile(path), path);
}

export function parseRpmInput(text: string, path: string): RpmInput {
  const reader = new YamlReader(path, text);
  const top = reader.map(reader.root, 'the file');
  refuseOthers(reader, top);
  readContext(reader, top);
  const variables = readVariables(reader, top);
  const origin = reader.map(top.get('contentOrigin') ?? null, 'contentOrigin');
  for (const [key, value] of origin) {
    if (key !== 'repos' && key !== 'repofiles')
      reader.complain(value, `contentOrigin.${key} is not supported`);
  }
  const input = {
    path,
    repos: readRepos(reader, origin, variables),
    repofiles: readRepofiles(reader, origin, variables),
    packages: wanted(reader, top, 'packages'),
    excludePackages: wanted(reader, top, 'excludePackages'),
    moduleEnable: wanted(reader, top, 'moduleEnable'),
    moduleDisable: wanted(reader, top, 'moduleDisable'),
    arches: readArches(reader, top),
    allowErasing: flag(reader, top, 'allowerasing') ?? false,
    installWeakDeps: flag(reader, top, 'installWeakDeps'),
    noSources: flag(reader, top, 'noSources') ?? false,
  };
  if (![...origin.values()].some((value) => isList(value) && value.items.length > 0))
    reader.complain(top.get('contentOrigin') ?? null, 'contentOrigin names no repository');
  if (input.packages.length === 0) reader.complain(top.get('packages') ?? null, 'packages is empty');
  reader.finish();
  return input;
}

function refuseOthers(reader: YamlReader, top: Fields): void {
  for (const [key, value] of top) {
    if (UNSUPPORTED.includes(key)) {
      const empty = isList(value) && value.items.length === 0;
      if (!empty) reader.complain(value, `${key} is not supported: locks are resolved into an empty root`);
    } else if (!KEYS.includes(key)) {
      reader.complain(value, `unknown key ${quote(key)}`, `known are ${KEYS.join(', ')}`);
    }
  }
}

/** Only the empty root; a lock that depends on what an image happens to hold could not be refreshed without it. */
function readContext(reader: YamlReader, top: Fields): void {
  if (!top.has('context')) return;
  for (const [key, value] of reader.map(top.get('context') ?? null, 'context')) {
    if (key === 'bare' && reader.text(value, key) === 'true') continue;
    reader.complain(
      value,
      `context.${key} is not supported`,
      'write `context: { bare: true }` or leave it out',
    );
  }
}

/** Put in for `{name}` in URLs. */
function readVariables(reader: YamlReader, top: Fields): Map<string, string> {
  if (!top.has('variables')) return new Map();
  const fields = reader.map(top.get('variables') ?? null, 'variables');
  return new Map([...fields].map(([key, value]) => [key, reader.text(value, `the variable ${quote(key)}`)]));
}

/** A mapping or a list. */
const isList = (value: Value | null): value is YAMLMap | YAMLSeq => value !== null && 'items' in value;

const interpolate = (text: string, variables: Map<string, string>): string =>
  text.replaceAll(/\{([\w.-]+)\}/g, (written: string, name: string, at: number) =>
    // `${arch}` is dnf's own.
    text[at - 1] === '$' ? written : (variables.get(name) ?? written),
  );

function readRepos(reader: YamlReader, origin: Fields, variables: Map<string, string>): RpmRepo[] {
  if (!origin.has('repos')) return [];
  const seen = new Set<string>();
  return reader.list(origin.get('repos') ?? null, 'contentOrigin.repos').flatMap((item) => {
    const options = new Map<string, string>();
    for (const [key, value] of reader.map(item, 'a repository')) options.set(key, plain(reader, key, value));
    const baseurl = options.get('baseurl');
    if (baseurl !== undefined) options.set('baseurl', interpolate(baseurl, variables));
    const fault = repoFault(options);
    if (fault !== null) reader.complain(item, fault.text, fault.hint);
    const repoid = options.get('repoid') ?? '';
    if (seen.has(repoid)) reader.complain(item, `the repoid ${quote(repoid)} is given twice`);
    seen.add(repoid);
    return fault === null ? [makeRepo(options, reader.placeOf(item))] : [];
  });
}

/** A list is what dnf writes with blanks between. */
function plain(reader: YamlReader, key: string, value: Value | null): string {
  if (isList(value))
    return reader
      .list(value, key)
      .map((item) => reader.text(item, key))
      .join(' ');
  return reader.text(value, key);
}

function readRepofiles(
  reader: YamlReader,
  origin: Fields,
  variables: Map<string, string>,
): RpmInput['repofiles'] {
  if (!origin.has('repofiles')) return [];
  return reader.list(origin.get('repofiles') ?? null, 'contentOrigin.repofiles').map((item) => {
    const fields: Fields = isList(item) ? reader.map(item, 'a repofile') : new Map([['location', item]]);
    const other = [...fields.keys()].find((key) => key !== 'location');
    const written = other === undefined ? reader.text(fields.get('location') ?? item, 'a repofile') : '';
    const location = interpolate(written, variables);
    if (other !== undefined) reader.complain(item, `${quote(other)} of a repofile is not supported`);
    else if (!/^https?:\/\//.test(location) && (location.startsWith('/') || !location.endsWith('.repo')))
      reader.complain(item, 'a repofile is a URL, or a relative path that ends in .repo');
    return { location, where: reader.placeOf(item) };
  });
}

function wanted(reader: YamlReader, top: Fields, key: string): WantedRpm[] {
  if (!top.has(key)) return [];
  return reader.list(top.get(key) ?? null, key).map((item) => {
    const fields: Fields = isList(item) ? reader.map(item, `an entry of ${key}`) : new Map([['name', item]]);
    const name = reader.text(fields.get('name') ?? item, 'name');
    if (!SPEC.test(name) || name.startsWith('-'))
      reader.complain(item, `${quote(name)} cannot stand in ${key}`);
    const arches = fields.has('arches')
      ? reader.map(fields.get('arches') ?? null, 'arches')
      : new Map<string, null>();
    return { name, only: words(reader, arches, 'only'), not: words(reader, arches, 'not') };
  });
}

/** One word or a list of them. */
function words(reader: YamlReader, fields: Fields, key: string): string[] {
  const value = fields.get(key) ?? null;
  if (value === null) return [];
  return 'items' in value
    ? reader.list(value, key).map((item) => reader.text(item, key))
    : [reader.text(value, key)];
}

function readArches(reader: YamlReader, top: Fields): string[] {
  if (!top.has('arches')) return ['x86_64'];
  const value = top.get('arches') ?? null;
  const arches = reader.list(value, 'arches').map((item) => reader.text(item, 'an entry of arches'));
  if (arches.length === 0) reader.complain(value, 'arches is empty');
  const faulty = arches.find((arch, i) => !ARCH.test(arch) || arches.indexOf(arch) !== i);
  if (faulty !== undefined) reader.complain(value, `${quote(faulty)} is no architecture, or is given twice`);
  return arches;
}

function flag(reader: YamlReader, top: Fields, key: string): boolean | null {
  if (!top.has(key)) return null;
  const text = reader.text(top.get(key) ?? null, key);
  if (text !== 'true' && text !== 'false')
    reader.complain(top.get(key) ?? null, `${key} must be true or false`);
  return text === 'true';
}

/** The names of a list that are wanted on one architecture. */
export function namesFor(list: WantedRpm[], arch: string): string[] {
  return list
    .filter(({ only, not }) => (only.length === 0 || only.includes(arch)) && !not.includes(arch))
    .map(({ name }) => name);
}
