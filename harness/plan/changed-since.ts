import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { git } from '../catalog/git.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import { changedEntries } from './changed-entries.ts';

/** What changed since a commit. */
export interface Changed {
  commit: string;
  /** Ids of the subjects of which an input changed. */
  subjects: Set<string>;
}

/**
 * The subjects of which an input changed since a revision: Containerfile, context, lock, what Hermeto fetched,
 * builder definition, sources of built packages that its lock names, what options of its claims name, suites of the user's,
 * or its entry in the catalog file. Changes that are
 * not committed and new files count, files that git ignores do not.
 * In a discovered catalog contexts are shared; there, the folders of other images and of other variants do not count,
 * and the files count that define how Konflux builds it.
 * @param revision anything git understands: a branch, a tag, `HEAD~3`
 * @throws TwinproofError `usage` where the catalog is not in git, or git does not know the revision
 */
export async function subjectsChangedSince(catalog: Catalog, revision: string): Promise<Changed> {
  const commit = await commitOf(catalog.root, revision);
  const top = (await ask(catalog.root, ['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
  const diff = await ask(top, [
    'diff',
    '--no-ext-diff',
    '--no-textconv',
    '--no-renames',
    '--name-only',
    '-z',
    commit,
    '--',
  ]);
  const others = await ask(top, ['ls-files', '--others', '--exclude-standard', '-z']);
  const paths = `${diff}${others}`.split('\0').filter((path) => path !== '');
  // A new folder with a repository of its own is named with a slash at its end.
  const changed = new Set(paths.map((path) => join(top, path.replace(/\/$/, ''))));
  const entries = await changedEntries(catalog, { top, commit, changed });
  const ids = new Set<string>();
  for (const subject of catalog.subjects) {
    if (entries(subject) || (await hasChangedInput(catalog, subject, changed))) ids.add(subject.id);
  }
  return { commit, subjects: ids };
}

async function commitOf(folder: string, revision: string): Promise<string> {
  const inside = await git(folder, ['rev-parse', '--is-inside-work-tree']);
  if ('fault' in inside) {
    throw new TwinproofError('usage', `--changed-since needs the catalog to be in git (${inside.fault})`, {
      where: folder,
    });
  }
  const result = await git(folder, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${revision}^{commit}`,
  ]);
  if ('output' in result) return result.output.trim();
  throw new TwinproofError(
    'usage',
    `--changed-since ${JSON.stringify(revision)}: git knows no such revision`,
    {
      hint: 'name a branch, tag or commit; in a shallow clone, fetch it first',
    },
  );
}

async function ask(folder: string, args: string[]): Promise<string> {
  const result = await git(folder, args);
  if ('output' in result) return result.output;
  throw new TwinproofError('usage', `git cannot tell what changed (${result.fault})`, { where: folder });
}

async function hasChangedInput(
  catalog: Catalog,
  subject: Subject,
  changed: ReadonlySet<string>,
): Promise<boolean> {
  const own = [
    subject.recipe.context,
    ...(catalog.suites ?? []),
    ...(await inputsBesideContext(catalog, subject)),
  ];
  // A submodule, or a new folder with a repository of its own, is named as a whole.
  const touched = [...changed].filter((path) =>
    own.some((input) => isWithin(input, path) || isWithin(path, input)),
  );
  return catalog.file === null
    ? touched.some((path) => !belongsToOthers(catalog, subject, path))
    : touched.length > 0;
}

async function inputsBesideContext(catalog: Catalog, subject: Subject): Promise<string[]> {
  const { recipe, lock, builder, prefetch, definedIn = [], claimFiles = {} } = subject;
  const inputs = [...definedIn, ...Object.values(claimFiles).flatMap((files) => Object.values(files))];
  if (prefetch !== undefined)
    inputs.push(...[prefetch.output, prefetch.environment].filter((path) => path !== null));
  if (recipe.kind === 'containerfile') inputs.push(recipe.containerfile);
  if (builder.kind === 'definition') inputs.push(builder.path);
  if (lock === null) return inputs;
  inputs.push(lock.path);
  if (catalog.builtPackages.length > 0) {
    const text = await readFile(lock.path, 'utf8').catch(() => '');
    inputs.push(...catalog.builtPackages.flatMap(({ url, source }) => (text.includes(url) ? [source] : [])));
  }
  return inputs;
}

function belongsToOthers(catalog: Catalog, subject: Subject, path: string): boolean {
  if (subject.definedIn?.includes(path) === true) return false;
  const [images, image] = relative(catalog.root, path).split('/');
  if (images !== 'images') return false;
  if (image !== subject.image) return true;
  const own = folderOf(subject);
  return catalog.subjects.some((other) => folderOf(other) !== own && isWithin(folderOf(other), path));
}

/** Both are absolute and normal; comparing text is enough, and fast for many of them. */
function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function folderOf({ recipe }: Subject): string {
  return recipe.kind === 'containerfile' ? dirname(recipe.containerfile) : recipe.context;
}
