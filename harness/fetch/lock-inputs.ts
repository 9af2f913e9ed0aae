import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, matchesGlob, relative, resolve } from 'node:path';
import { TwinproofError } from '../errors.ts';
import { parseYaml } from '../catalog/yaml-source.ts';
import { inputFile, lockFormatNamed, lockFormats } from '../lock/format.ts';

const MAX_DEPTH = 12;
const MAX_FOLDERS = 20_000;

/**
 * Input files of locks: the one given, those next to the locks that a catalog names, or all below a folder. A lock
 * need not exist yet.
 * @param globs when there are any, only inputs of which the path (relative to the target's folder) or one of its
 *   folders matches one
 * @returns absolute paths, sorted
 * @throws TwinproofError usage when there is no such file or folder, and for a glob that matches nothing
 */
export async function findLockInputs(target: string, globs: string[] = []): Promise<string[]> {
  const info = await stat(target).catch(() => null);
  if (info === null) throw new TwinproofError('usage', 'there is no such file or folder', { where: target });
  const base = info.isDirectory() ? target : dirname(target);
  const inputs = [...new Set(await inputsOf(target, info.isDirectory()))].toSorted();
  const matches = (glob: string) => (input: string) => fits(relative(base, input), glob);
  const unused = globs.find((glob) => !inputs.some(matches(glob)));
  if (unused !== undefined && inputs.length > 0) throw matchesNothing(unused, { base, inputs });
  return inputs.filter((input) => globs.length === 0 || globs.some((glob) => matches(glob)(input)));
}

const fits = (path: string, glob: string): boolean =>
  matchesGlob(path, glob) || matchesGlob(path, `**/${glob}/**`);

function matchesNothing(glob: string, { base, inputs }: { base: string; inputs: string[] }): TwinproofError {
  const some = inputs.slice(0, 5).map((input) => relative(base, input));
  return new TwinproofError('usage', `--image ${glob} matches no lock`, {
    where: base,
    hint: `there are ${some.join(', ')}${inputs.length > some.length ? ', …' : ''}`,
  });
}

async function inputsOf(target: string, isFolder: boolean): Promise<string[]> {
  if (isFolder) return walk(target);
  if (target.endsWith('.in.yaml') && lockFormatNamed(target) !== null) return [target];
  return inputsOfCatalog(target);
}

/** Path of the lock that belongs to an input file. */
export function lockPathOf(input: string): string {
  return input.replace(/\.in\.yaml$/, '.lock.yaml');
}

async function walk(root: string): Promise<string[]> {
  const found: string[] = [];
  const names = lockFormats().map(inputFile);
  const folders = [{ path: root, depth: 0 }];
  for (const [count, { path, depth }] of folders.entries()) {
    if (count > MAX_FOLDERS) throw new TwinproofError('usage', 'too many folders to search', { where: root });
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const inside = join(path, entry.name);
      if (entry.isFile() && names.includes(entry.name)) found.push(inside);
      const skipped = entry.name.startsWith('.') || entry.name === 'node_modules' || depth >= MAX_DEPTH;
      if (entry.isDirectory() && !skipped) folders.push({ path: inside, depth: depth + 1 });
    }
  }
  return found;
}

/**
 * A catalog whose locks are not there yet cannot be loaded as one, so only the keys that name locks are looked at:
 * `lock` of the subjects and `definition` of the builders.
 */
async function inputsOfCatalog(path: string): Promise<string[]> {
  const top = parseYaml(await readFile(path), path).value;
  const entries = isRecord(top) && Array.isArray(top.subjects) ? [top, ...(top.subjects as unknown[])] : [];
  const named = entries.filter(isRecord).flatMap(({ lock, builder }) => {
    const definition = isRecord(builder) ? builder.definition : null;
    return [
      ...(typeof lock === 'string' ? [lock.replace(/\.lock\.yaml$/, '.in.yaml')] : []),
      ...(typeof definition === 'string' ? [join(definition, 'debs.in.yaml')] : []),
    ];
  });
  if (named.length === 0) throw new TwinproofError('catalog-invalid', 'it names no lock', { where: path });
  const paths = named.map((name) => resolve(dirname(path), name));
  const there = await Promise.all(paths.map(async (input) => ((await isThere(input)) ? [input] : [])));
  return there.flat();
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
