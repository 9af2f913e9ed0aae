import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { contextPaths } from '../containerfile/sources.ts';
import { TwinproofError } from '../errors.ts';
import { inputFile, lockFile, lockFormats } from '../lock/format.ts';
import { hostPlatform, platformText } from '../model/platform.ts';
import { type Seen, findingsOf } from './findings.ts';
import type { InitFinding } from './types.ts';

const MAX_BYTES = 1024 * 1024;

/** A catalog of one image, and what was found on the way. */
export interface InitPlan {
  /** Text of `catalog.yaml`. */
  catalog: string;
  findings: InitFinding[];
  containerfile: string;
}

/** Name of the folder that holds the builder, beside the catalog. */
export const BUILDER_FOLDER = 'builder';

/**
 * @param folder where the catalog will lie, absolute
 * @param given path of a Containerfile; `Containerfile` or `Dockerfile` of the folder where there is none
 * @param epoch seconds, the source date epoch of the images
 * @throws TwinproofError `usage` for a file that is not there, too large, or not below the folder
 */
export async function planInit(folder: string, given: string | undefined, epoch: number): Promise<InitPlan> {
  const containerfile = await findContainerfile(folder, given);
  const text = await readFile(containerfile, 'utf8');
  const seen = findingsOf(text);
  const { context, missing } = await contextOf(folder, containerfile, text);
  const { lock, findings: ofLock } = await lockOf(folder, containerfile);
  const findings = [...seen.findings, ...missing, ...ofLock, ...(context === folder ? [resultsInside] : [])];
  const path = (to: string): string => relative(folder, to) || '.';
  const recipe = [
    `containerfile: ${quoted(path(containerfile))}`,
    ...(context === dirname(containerfile) ? [] : [`context: ${quoted(path(context))}`]),
    ...(seen.floating ? ['resolve: true'] : []),
  ];
  return {
    catalog: textOf(folder, { recipe, lock: lock === null ? null : path(lock), epoch }, seen),
    findings,
    containerfile,
  };
}

/** All of a build context is source: what is written into it makes the next run one of another source. */
const resultsInside: InitFinding = {
  line: 0,
  what: 'the build context is this folder, in which `verify` writes results/: the next run is of another source then',
  change: [
    'Put the Containerfile and what it copies into a folder of its own (`npx twinproof init image/Containerfile`), or keep runs',
    'elsewhere (`npx twinproof verify --results ../runs`).',
  ],
  blocks: false,
};

async function findContainerfile(folder: string, given: string | undefined): Promise<string> {
  const candidates =
    given === undefined
      ? ['Containerfile', 'Dockerfile'].map((name) => join(folder, name))
      : [resolve(folder, given)];
  for (const path of candidates) {
    const found = await stat(path).catch(() => null);
    if (found === null) continue;
    if (!found.isFile()) throw new TwinproofError('usage', 'it is no file', { where: path });
    if (found.size > MAX_BYTES) throw new TwinproofError('usage', 'it is larger than 1 MiB', { where: path });
    if (relative(folder, path).startsWith('..'))
      throw new TwinproofError('usage', 'it is not below this folder, and a catalog reaches no others', {
        where: path,
        hint: 'go to the folder that holds all that the image is made of, and run it there',
      });
    return path;
  }
  throw new TwinproofError('usage', 'there is no such Containerfile', {
    where: candidates[0] ?? folder,
    hint: 'npx twinproof init CONTAINERFILE',
  });
}

/** The folder of the Containerfile, or that of the catalog where only that holds what is copied. */
async function contextOf(
  folder: string,
  containerfile: string,
  text: string,
): Promise<{ context: string; missing: InitFinding[] }> {
  const paths = contextPaths(text, { buildArgs: {} });
  const tried = await Promise.all(
    [dirname(containerfile), folder].map(async (context) => {
      const there = await Promise.all(paths.map(({ path }) => isThere(join(context, path))));
      return { context, missing: paths.filter((_, index) => there[index] === false) };
    }),
  );
  const [first = { context: folder, missing: [] }, second = first] = tried;
  const { context, missing } = first.missing.length > 0 && second.missing.length === 0 ? second : first;
  return {
    context,
    missing: missing.map(({ path, line }) => ({
      line,
      what: `${path} is not in the build context`,
      change: ['Make it, or name the folder that holds it as `context` of the recipe.'],
      blocks: true,
    })),
  };
}

/** A pattern is there if nobody looks. */
const isThere = async (path: string): Promise<boolean> =>
  /[*?[]/.test(path) ||
  (await stat(path).then(
    () => true,
    () => false,
  ));

async function lockOf(
  folder: string,
  containerfile: string,
): Promise<{ lock: string | null; findings: InitFinding[] }> {
  const folders = [...new Set([dirname(containerfile), folder])];
  const places = lockFormats().flatMap((format) =>
    folders.flatMap((at) => [at, join(at, format.stem)].map((place) => ({ format, place }))),
  );
  for (const { format, place } of places)
    if (await isThere(join(place, lockFile(format))))
      return { lock: join(place, lockFile(format)), findings: [] };
  for (const { format, place } of places) {
    const input = join(place, inputFile(format));
    if (!(await isThere(input))) continue;
    const name = relative(folder, input);
    const change = [
      `npx twinproof lock ${name}`,
      `and in the catalog, \`lock: ${relative(folder, join(place, lockFile(format)))}\``,
    ];
    return { lock: null, findings: [{ line: 0, what: `${name} has no lock yet`, change, blocks: true }] };
  }
  return { lock: null, findings: [] };
}

interface Written {
  recipe: string[];
  lock: string | null;
  epoch: number;
}

function textOf(folder: string, { recipe, lock, epoch }: Written, { floating }: Seen): string {
  const image = nameOf(basename(folder));
  return [
    '# Verify it: npx twinproof verify   What each key means: docs/catalog.md',
    'version: 1',
    `name: ${image}`,
    '# Debian 12 with buildah; each of its packages is fixed by sha256 in builder/debs.lock.yaml.',
    `builder: { definition: ${BUILDER_FOLDER} }`,
    `defaults: { platforms: [${platformText(hostPlatform())}], sourceDateEpoch: ${epoch} }`,
    'subjects:',
    `  - image: ${image}`,
    ...(floating
      ? ['    # resolve: images are named by floating tags; take it out once they are pinned by digest']
      : []),
    `    recipe: { ${recipe.join(', ')} }`,
    ...(lock === null ? [] : [`    lock: ${quoted(lock)}`]),
    "    # smoke: { run: [/usr/bin/my-program, --version], expect: '1.' }",
    '',
  ].join('\n');
}

/** A name that catalogs take. */
const nameOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .replace(/[^a-z0-9]+$/, '') || 'image';

/** Single quotes, which in YAML hold anything but themselves. */
const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) && !/^[-.]+$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
