import type { Random } from '../../../bench/images/random.ts';
import { pick } from './mutate.ts';

/** An entry as it was meant; keys that are not there are not said. */
type Entry = { url: string } & Partial<
  Record<'repoid' | 'checksum' | 'name' | 'evr' | 'sourcerpm', string>
> & {
    size?: number;
  };

/** What a lock was meant to say. */
export type Model = {
  arch: string;
  packages: Entry[];
  source: Entry[];
  moduleMetadata: Entry[];
}[];

const DIGITS = { sha224: 56, sha256: 64, sha384: 96, sha512: 128, md5: 32, sha1: 40 };
const NAMES = ['acl', 'gtk+', 'lib~x', 'python3.11', 'a^b', 'glibc-langpack-en'];
const VERSIONS = ['1-1', '1.10', '0:2.3-4.el9', '1:2~rc1-5.fc43', '4^git1-1', '12', '1e3', '0x10'];

const maybe = <T>(random: Random, value: () => T): T | undefined =>
  random.below(3) === 0 ? undefined : value();

function entryOf(random: Random, at: number, packages: boolean): Entry {
  const name = pick(random, NAMES);
  const algorithm = pick(random, Object.keys(DIGITS) as (keyof typeof DIGITS)[]);
  const hex = (): string => random.below(16).toString(16);
  const stem = `${name}-${at}${packages ? '' : '-modules'}`;
  const file = random.below(4) === 0 ? encodeURIComponent(`${stem}.rpm`) : `${stem}.noarch.rpm`;
  const said = {
    repoid: maybe(random, () => pick(random, ['fedora-43', 'copr:a:b', '_local', 'r.x'])),
    size: maybe(random, () => 1 + random.below(1e9)),
    checksum: maybe(random, () => `${algorithm}:${Array.from({ length: DIGITS[algorithm] }, hex).join('')}`),
    name: packages ? maybe(random, () => name) : undefined,
    evr: packages ? maybe(random, () => pick(random, VERSIONS)) : undefined,
    sourcerpm: packages && random.below(2) === 0 ? `${name}-1-1.src.rpm` : undefined,
  };
  const query = random.below(6) === 0 ? '?id=1&x=%20' : '';
  const url = `https://example.org/${at}/${file}${query}`;
  return JSON.parse(JSON.stringify({ url, ...said })) as Entry;
}

const listOf = (random: Random, packages: boolean): Entry[] =>
  Array.from({ length: random.below(4) }, (_, at) => entryOf(random, at, packages));

export const randomModel = (random: Random): Model =>
  ['x86_64', 'aarch64', 's390x'].slice(0, 1 + random.below(3)).map((arch) => ({
    arch,
    packages: listOf(random, true),
    source: listOf(random, true),
    moduleMetadata: listOf(random, false),
  }));

type Pair = [key: string, value: string];

/** How tools write nothing. */
const NOTHING = ['~', 'null', ''];
const OTHERS: Pair[] = [
  ['x-input-hash', '"a788c1fb"'],
  ['arch', 'noarch'],
  ['original_url', '"https://a/b"'],
];

/** In an order of its own, with keys that we do not know and some that say nothing. */
function pairsOf(random: Random, entry: Entry, flow: boolean): Pair[] {
  const quoted = (value: string | number): string =>
    flow || random.below(2) === 0 || /^[~^]/.test(String(value))
      ? JSON.stringify(String(value))
      : String(value);
  const pairs = Object.entries(entry).map(([key, value]): Pair => [
    key,
    typeof value === 'number' && random.below(3) > 0 ? String(value) : quoted(value),
  ]);
  const silent = ['repoid', 'size', 'checksum', 'name', 'evr'].filter((key) => !(key in entry));
  if (silent.length > 0 && random.below(3) === 0)
    pairs.push([pick(random, silent), flow ? 'null' : pick(random, NOTHING)]);
  if (random.below(3) === 0) pairs.push(pick(random, OTHERS));
  return pairs.toSorted(() => random.below(3) - 1);
}

function blockList(random: Random, entries: readonly Entry[], indent: string): string {
  if (entries.length === 0) return ' []\n';
  const lines = entries.map((entry) => {
    const pairs = pairsOf(random, entry, false).map(([key, value]) => `${key}: ${value}`.trimEnd());
    const comment = random.below(5) === 0 ? `${indent}# a comment: {\n` : '';
    return `${comment}${indent}- ${pairs.join(`\n${indent}  `)}\n`;
  });
  return `\n${lines.join('')}`;
}

function flowList(random: Random, entries: readonly Entry[], keys: (key: string) => string): string {
  const maps = entries.map(
    (entry) =>
      `{${pairsOf(random, entry, true)
        .map(([key, value]) => `${keys(key)}: ${value}`)
        .join(', ')}}`,
  );
  return `[${maps.join(', ')}]`;
}

const LISTS = [
  ['packages', 'packages'],
  ['source', 'source'],
  ['module_metadata', 'moduleMetadata'],
] as const;

/** A lock that says what the model does, as one of the tools might write it. */
export function written(random: Random, model: Model): string {
  const json = random.below(3) === 0;
  const keys = (key: string): string => (json ? JSON.stringify(key) : key);
  const indent = pick(random, ['', '  ']);
  // An empty list can be left out, but for one, or the rest of the file might be missing.
  const lists = (arch: Model[number]) =>
    LISTS.filter(([key, at]) => key === 'packages' || arch[at].length > 0 || random.below(2) === 0);
  if (json) {
    const arches = model.map(
      (arch) =>
        `{"arch": "${arch.arch}", ${lists(arch)
          .map(([key, at]) => `${keys(key)}: ${flowList(random, arch[at], keys)}`)
          .join(', ')}}`,
    );
    return `{"lockfileVersion": 1, "lockfileVendor": "redhat", "arches": [${arches.join(', ')}]}${pick(random, ['', '\n'])}`;
  }
  const head = `${pick(random, ['', '---\n', '# by hand\n'])}lockfileVersion: 1\nlockfileVendor: ${pick(random, ['redhat', 'RedHat', 'other'])}\n`;
  const arches = model.map((arch) => {
    const inside = lists(arch).map(
      ([key, at]) => `${indent}  ${key}:${blockList(random, arch[at], `${indent}  `)}`,
    );
    return `${indent}- arch: ${arch.arch}\n${inside.join('')}`;
  });
  return `${head}arches:\n${arches.join('')}`;
}
