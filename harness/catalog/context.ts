import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { matchesPart } from '../containerfile/glob.ts';
import { type Ignored, ignoreRules } from '../containerfile/ignore.ts';
import type { ContextPath } from '../containerfile/sources.ts';
import type { VariantFolder } from './layout.ts';

/** What of a checkout a Containerfile is built with, relative to the checkout; or that it cannot be determined. */
export type ContextChoice = { folder: string } | { ambiguous: [string, string] };

/**
 * Chooses the context of a Containerfile for which no definition names one: of the image's folder, the distro's and the
 * checkout the one that holds all that it copies. Where several do, that is for people to say. Where none does, it is the
 * Containerfile's own folder if that holds all, else the one that holds most, and the build says what is missing. A
 * Containerfile that copies nothing gets the image's folder.
 */
export async function chooseContext(
  root: string,
  variant: VariantFolder,
  paths: readonly ContextPath[],
): Promise<ContextChoice> {
  const image = join('images', variant.image);
  const distro = variant.distro === null ? [] : [join(image, variant.distro)];
  const candidates = [image, ...distro, ''];
  if (paths.length === 0) return { folder: image };
  const held = await Promise.all(candidates.map((folder) => heldIn(join(root, folder), paths)));
  const [first, second] = candidates.filter((_, at) => held[at] === paths.length);
  if (first !== undefined && second !== undefined) return { ambiguous: [first, second] };
  if (first !== undefined) return { folder: first };
  if ((await heldIn(join(root, variant.folder), paths)) === paths.length) return { folder: variant.folder };
  return { folder: candidates[held.indexOf(Math.max(...held))] ?? image };
}

async function heldIn(context: string, paths: readonly ContextPath[]): Promise<number> {
  const ignored = await ignoredIn(context);
  const found = await Promise.all(paths.map(({ path }) => holds(context, path, ignored)));
  return found.filter(Boolean).length;
}

/** The first of the two files counts. */
async function ignoredIn(context: string): Promise<Ignored> {
  for (const name of ['.containerignore', '.dockerignore']) {
    const text = await readFile(join(context, name), 'utf8').catch(() => null);
    if (text !== null) return ignoreRules(text);
  }
  return () => false;
}

/** Folders looked into for one pattern. */
const MAX_LOOKS = 10_000;

async function holds(context: string, pattern: string, ignored: Ignored): Promise<boolean> {
  if (!/[*?[\\]/.test(pattern)) {
    const found = await stat(join(context, pattern)).catch(() => null);
    // Of a folder that is left out, parts may be taken back.
    return found !== null && (found.isDirectory() || !ignored(pattern));
  }
  const open = [{ path: '', rest: pattern.split('/') }];
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const place = open.pop();
    if (place === undefined) return false;
    const [part = '', ...rest] = place.rest;
    if (part === '') return true;
    const entries = await readdir(join(context, place.path), { withFileTypes: true }).catch(() => []);
    // `**` is any number of folders, also none.
    if (part === '**') open.push({ path: place.path, rest });
    for (const entry of entries) {
      const path = join(place.path, entry.name);
      if (ignored(path)) continue;
      if (part === '**' && entry.isDirectory()) open.push({ path, rest: place.rest });
      if (part === '**' ? rest.length === 0 : matchesPart(part, entry.name)) {
        if (rest.length === 0) return true;
        open.push({ path, rest });
      }
    }
  }
  return false;
}
