import { lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Random } from '../../../bench/images/random.ts';
import { compareImages } from '../../../harness/compare/compare.ts';
import { openImage } from '../../../harness/oci/open.ts';
import { END, extension, paxRecord, tarEntry, type TestEntry } from '../../../harness/testing/oci/tar/tar.ts';
import { writeLayout } from '../../../harness/testing/oci/image.ts';
import type { Judged } from './judge.ts';
import { pick } from './mutate.ts';
import { unpacked, type Member } from './unpacked.ts';

/** Archives of which it is known what comes out of them: engines go by Go's reader, other programs by what it passes over. */

const NAMES = ['a', 'b', 'd/', 'd/c', 'e'];
const TYPES = ['file', 'file', 'file', 'symlink', 'hardlink', 'chardev', 'dir'] as const;
const RECORDS: readonly (readonly [key: string, values: readonly string[]])[] = [
  ['uid', ['1', '0007', '']],
  ['mtime', ['5', '0000000000000000000005', '6.5', '']],
  ['SCHILY.xattr.user.a', ['1', '2']],
  ['LIBARCHIVE.xattr.user.a', ['MQ==', 'Mg==']],
  ['SCHILY.devmajor', ['1', '8']],
  ['SCHILY.acl.access', ['user::rwx']],
  ['RHT.security.selinux', ['x']],
  ['GNU.sparse.name', ['other']],
  ['GNU.sparse.realsize', ['9']],
  ['comment', ['x', 'y']],
];

function records(random: Random, often: number): [string, string][] {
  const count = random.below(often) === 0 ? 1 + random.below(3) : 0;
  return Array.from({ length: count }, () => {
    const [key, values] = pick(random, RECORDS);
    return [key, pick(random, values)];
  });
}

function member(random: Random, name: string, files: readonly string[]): Member {
  const wanted = name.endsWith('/') ? 'dir' : pick(random, TYPES.slice(0, -1));
  const type = wanted === 'hardlink' && files.length === 0 ? 'file' : wanted;
  const entry: TestEntry = {
    ...{
      name,
      type,
      mode: pick(random, [0o644, 0o755]),
      mtime: pick(random, ['5', '6']),
      uid: random.below(2),
    },
    ...(type === 'file' ? { content: pick(random, ['', 'x', 'y']) } : {}),
    ...(type === 'symlink' ? { linkname: pick(random, ['a', 'x']) } : {}),
    ...(type === 'hardlink' ? { linkname: pick(random, files) } : {}),
    ...(type === 'chardev' ? { major: pick(random, [1, 8]), minor: 3 } : {}),
  };
  return { entry, pax: records(random, 2), global: records(random, 4) };
}

function members(random: Random): Member[] {
  const made: Member[] = [];
  for (const name of NAMES.filter(() => random.below(3) > 0)) {
    const files = made.filter(({ entry: { type } }) => type === 'file' || type === 'symlink');
    made.push(
      member(
        random,
        name,
        files.map(({ entry }) => entry.name),
      ),
    );
  }
  return made;
}

/** The same, with one header, content or record other than before; or no change at all. */
function altered(random: Random, before: readonly Member[]): Member[] {
  const after = structuredClone([...before]);
  if (after.length === 0) return after;
  const { entry, pax, global } = pick(random, after);
  const kind = random.below(7);
  if (kind === 0) pax.push(...records(random, 1));
  else if (kind === 1) global.push(...records(random, 1));
  else if (kind === 2) pax.splice(0, 1);
  else if (kind === 3) global.splice(0, 1);
  else if (kind === 4) entry.mode = pick(random, [0o644, 0o755]);
  else if (kind === 5 && entry.type === 'file') entry.content = pick(random, ['', 'x', 'y']);
  return after;
}

function written(random: Random, list: readonly Member[]): Buffer {
  const packed = (flag: string, pairs: Member['pax']): Buffer[] =>
    pairs.length === 0
      ? []
      : [
          extension(
            flag,
            Buffer.concat(pairs.map(([key, value]) => paxRecord(key, Buffer.from(value)))),
            'pax',
          ),
        ];
  const parts = list.flatMap(({ entry, pax, global }) => [
    ...packed('g', global),
    ...packed('x', pax),
    tarEntry(entry, 'ustar'),
  ]);
  return Buffer.concat([...parts, random.below(4) === 0 ? Buffer.alloc(0) : END]);
}

/** Names, types, contents and targets, as GNU tar unpacks them; null where it does not. */
async function byGnuTar(archive: Buffer, folder: string): Promise<string | null> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}.tar`, archive);
  const words = ['--extract', '--no-same-owner', '--file', `${folder}.tar`, '--directory', folder];
  if ((await execa('tar', words, { reject: false })).exitCode !== 0) return null;
  const lines: string[] = [];
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name);
    const info = await lstat(path);
    const what = info.isFile()
      ? await readFile(path, 'utf8')
      : info.isSymbolicLink()
        ? await readlink(path)
        : '';
    lines.push(JSON.stringify([name, info.mode >> 12, what]));
  }
  return lines.join('\n');
}

/** GNU tar takes longer than all the rest. */
const GNU_TAR = 16;
/** Of what GNU tar reads otherwise than Go, nothing decides on names and contents but these. */
const OTHERWISE = /^GNU\.sparse\.|^SCHILY\.dev/;

async function wrongByGnuTar(
  random: Random,
  [a, b]: readonly [Member[], Member[]],
  folder: string,
): Promise<boolean> {
  const odd = [...a, ...b].some(
    ({ entry, pax, global }) =>
      entry.type === 'chardev' || [...pax, ...global].some(([key]) => OTHERWISE.test(key)),
  );
  if (odd || random.below(GNU_TAR) > 0) return false;
  const one = await byGnuTar(written(random, a), join(folder, 'gnu-a'));
  const other = await byGnuTar(written(random, b), join(folder, 'gnu-b'));
  return one !== null && other !== null && one !== other;
}

/** Holds what is said of two archives against what is known to come out of them. */
export async function judgeArchives(random: Random, folder: string): Promise<Judged> {
  const a = members(random);
  const b = altered(random, a);
  const layers = [written(random, a), written(random, b)] as const;
  const open = async (name: string, layer: Buffer) =>
    openImage(await writeLayout(join(folder, name), { layers: [layer], compress: 'none' }));
  try {
    const images = [await open('a', layers[0]), await open('b', layers[1])] as const;
    const { rungs } = await compareImages(...images);
    const same = unpacked(a) === unpacked(b);
    if (rungs.tree !== same) return wrong(`the tree is said ${same ? 'not ' : ''}to be the same`);
    if (rungs.tree && (await wrongByGnuTar(random, [a, b], folder)))
      return wrong('the tree is said to be the same, and GNU tar unpacks another one');
    return { compared: true, wrong: null };
  } catch (error) {
    return wrong(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

const wrong = (what: string): Judged => ({ compared: true, wrong: what });
