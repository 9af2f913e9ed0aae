import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { TestModule } from 'vitest/node';
import type { Claim } from '../claims/types.ts';
import type { Registry } from '../model/registry.ts';
import type { Catalog } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import { sha256 } from '../model/digest.ts';
import { compareText } from '../model/text-order.ts';
import { catalogWith, claimsWith } from '../suites/with-suites.ts';
import { NO_TEST } from '../suites/hooks.ts';
import { nameIn, placeOf } from '../suites/place.ts';
import type { Suite } from '../suites/types.ts';
import { openVitest } from './vitest.ts';

/** A catalog with the claims of suites. */
export interface WithSuites {
  catalog: Catalog;
  /** All that can be claimed of it. */
  claims: Registry<Claim>;
  suites: Suite[];
}

/** Files with claims of a user's own, and whether the user wants those that the catalog names, which may be somebody else's. */
export interface GivenSuites {
  files: readonly string[];
  trustCatalog: boolean;
}

/**
 * Reads the suites that are given, and those that a catalog names, and makes their claims.
 * @throws TwinproofError `usage` for a suite that cannot be run, and for a catalog that names suites and is not trusted with
 * that: data would run code. `catalog-invalid` for claims that nothing checks
 */
export async function withSuites(
  catalog: Catalog,
  { files, trustCatalog }: GivenSuites,
  bundled: Registry<Claim>,
): Promise<WithSuites> {
  const named = catalog.suites ?? [];
  const given = await Promise.all(files.map((file) => realpath(file).catch(() => file)));
  const unasked = named.filter((path) => !given.includes(path));
  if (unasked.length > 0 && !trustCatalog) throw notTrusted(unasked, catalog);
  const suites = await readSuites([...named, ...files], catalog);
  if (suites.length === 0) return { catalog, claims: bundled, suites };
  const claims = claimsWith(bundled, suites);
  return { catalog: catalogWith(catalog, suites, claims), claims, suites };
}

function notTrusted(suites: readonly string[], { file, root }: Catalog): TwinproofError {
  const names = suites.slice(0, 5).map((path) => nameIn(root, path));
  const more = suites.length > names.length ? ', …' : '';
  const message = `the catalog names suites, which would run on this machine with your rights: ${names.join(', ')}${more}`;
  return new TwinproofError('usage', message, {
    where: relative(process.cwd(), file ?? root),
    hint: 'add --trust-suites if you trust whoever wrote them, or name each with --suite',
  });
}

/**
 * Reads files with claims of a user's own: runs them as far as it takes to know their tests.
 * @param catalog that they are to be run for
 * @throws TwinproofError `usage` with file and line for what cannot be run, and for a file without a test
 */
async function readSuites(files: readonly string[], catalog: Catalog): Promise<Suite[]> {
  const paths = [...new Set(await Promise.all(files.map(realFile)))];
  if (paths.length === 0) return [];
  const exitCode = process.exitCode;
  const provide = { twinproofSuites: { catalog, cells: [] } };
  const vitest = await openVitest({ include: [], reporters: [{}], provide });
  try {
    const project = vitest.getRootProject();
    const found = await vitest.runTestSpecifications(paths.map((path) => project.createSpecification(path)));
    const [broken] = found.unhandledErrors;
    if (broken !== undefined) throw unusable(paths.join(', '), broken as Error);
    const modules = new Map(found.testModules.map((module) => [module.moduleId, module]));
    return await Promise.all(paths.map((path) => suiteOf(path, modules.get(path), catalog)));
  } finally {
    await vitest.close();
    process.exitCode = exitCode;
  }
}

async function realFile(path: string): Promise<string> {
  const real = await realpath(path).catch(() => null);
  if (real !== null && (await stat(real)).isFile()) return real;
  throw new TwinproofError('usage', 'there is no such file', { where: path, hint: 'name a Vitest file' });
}

async function suiteOf(file: string, module: TestModule | undefined, { root }: Catalog): Promise<Suite> {
  const [error] = module?.errors() ?? [];
  if (error !== undefined) throw unusable(file, error);
  const { twinproofSuite: read } = module?.meta() ?? {};
  if (read === undefined) throw new TwinproofError('usage', 'the suite cannot be read', { where: file });
  const { claims, cells, faults, modules } = read;
  const [fault] = faults;
  if (fault !== undefined) {
    const line = fault.line === null ? '' : `:${fault.line}`;
    throw new TwinproofError('usage', fault.text, { where: `${relative(process.cwd(), file)}${line}` });
  }
  const digest = await digestOf(modules, dirname(file));
  const path = nameIn(root, file);
  return { file, path, digest, modules, claims, cells };
}

/** Of names and contents; where the suite lies says nothing. */
async function digestOf(modules: readonly string[], folder: string): Promise<string> {
  const all = await Promise.all(
    modules.map(async (module) => [relative(folder, module), sha256(await readFile(module))] as const),
  );
  return sha256(JSON.stringify(all.sort(([a], [b]) => compareText(a, b))));
}

/** A suite that cannot be run is bad input, like a catalog that cannot be read. */
function unusable(file: string, error: { name?: string; message: string; stack?: string }): TwinproofError {
  const text = stripVTControlCharacters(error.message).trim();
  // Vite draws a picture of where it stopped.
  const [, line, column] = /\[ \S*?:(\d+):(\d+) \]/.exec(text) ?? [];
  const path = relative(process.cwd(), file);
  const place = line === undefined ? placeOf(error.stack, process.cwd()) : `${path}:${line}:${column ?? ''}`;
  const [first = '', ...rest] = text.split('\n').filter((part) => part.trim() !== '');
  if (/^No test (?:suite )?found/.test(first)) return new TwinproofError('usage', NO_TEST, { where: path });
  const message = first.startsWith('Transform failed') ? (rest[0] ?? first) : first;
  const named = error.name === undefined || error.name === 'Error' ? '' : `${error.name}: `;
  return new TwinproofError('usage', `the suite cannot be run: ${named}${message}`, { where: place ?? path });
}
