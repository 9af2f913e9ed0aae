import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ClaimDeclaration } from '../model/claim.ts';
import type { Registry } from '../model/registry.ts';
import type { Ecosystems } from '../packages/registry.ts';
import { allOptionKeys, claimFault } from './claims.ts';
import { complaintsOf } from './issues.ts';
import { readBounded } from './read-bounded.ts';
import { Loading } from './loading.ts';
import { catalogSchemas } from './schema.ts';
import type { CatalogFile } from './schema.ts';
import { STANDARD_PLATFORM, subjectsOf } from './subjects.ts';
import type { BuiltPackages, Catalog, Subject } from './types.ts';
import { MAX_YAML_BYTES, parseYaml } from './yaml-source.ts';

export interface LoadOptions {
  /** The claims that can be checked; others are complained of. */
  claims: Registry<ClaimDeclaration>;
  /** Whether a catalog may claim others; as long as nothing is said, one that names suites may, which check them. */
  otherClaims?: boolean;
  /** Of which packages there can be locks. */
  ecosystems?: Ecosystems;
}

/**
 * Reads a catalog file; docs/catalog.md describes it. Its folder is the root that nothing in it may leave.
 * @param path as the user wrote it; complaints name it so
 * @throws TwinproofError `catalog-invalid` with every complaint, one line each: `file:line:column: what, why, how to fix`
 */
export async function loadCatalog(path: string, options: LoadOptions): Promise<Catalog> {
  const source = parseYaml(await readBounded(path, MAX_YAML_BYTES), path);
  const root = await realpath(dirname(path));
  const schemas = catalogSchemas(options.claims, options.ecosystems);
  const checked = schemas.catalog.safeParse(source.value);
  const loading = new Loading(
    root,
    source,
    checked.success ? [] : complaintsOf(checked.error.issues, source, allOptionKeys(options.claims)),
    options,
  );
  const usable = usablePart(source.value, schemas);
  if (usable === null) {
    loading.finish();
    throw new Error('a catalog that cannot be used has nothing wrong with it');
  }
  const { file, indices } = usable;
  checkClaims(loading, { file, indices, otherClaims: options.otherClaims ?? file.suites !== undefined });
  const suites = await suitesOf(loading, file);
  const builtPackages = await builtPackagesOf(loading, file);
  const subjects = await allSubjects(loading, file, indices);
  loading.finish();
  const { name, origins = [], whenGone = 'error' } = file;
  return { name, file: path, root, subjects, origins, builtPackages, whenGone, ...suites };
}

/** What can be looked at further, though entries of `subjects` may be invalid; null if anything else is. */
function usablePart(
  value: unknown,
  schemas: ReturnType<typeof catalogSchemas>,
): { file: CatalogFile; indices: number[] } | null {
  if (typeof value !== 'object' || value === null || !('subjects' in value) || !Array.isArray(value.subjects))
    return null;
  const entries = value.subjects.map((entry, index) => ({ index, parsed: schemas.subject.safeParse(entry) }));
  const valid = entries.flatMap(({ index, parsed }) =>
    parsed.success ? [{ index, entry: parsed.data }] : [],
  );
  const parsed = schemas.catalog.safeParse({ ...value, subjects: valid.map(({ entry }) => entry) });
  return parsed.success ? { file: parsed.data, indices: valid.map(({ index }) => index) } : null;
}

interface Claiming {
  file: CatalogFile;
  indices: number[];
  otherClaims: boolean;
}

function checkClaims(loading: Loading, { file, indices, otherClaims }: Claiming): void {
  const all = [
    { entries: file.defaults?.claims, at: ['defaults', 'claims'] },
    ...file.subjects.map(({ claims }, i) => ({
      entries: claims,
      at: ['subjects', indices[i] ?? i, 'claims'],
    })),
  ];
  for (const { entries, at } of all) {
    for (const [id, entry] of Object.entries(entries ?? {})) {
      if (otherClaims && loading.claims.find(id) === undefined) continue;
      const fault = claimFault(id, entry, loading.claims);
      if (fault !== null) loading.complainOfKey([...at, id], fault);
    }
  }
}

async function suitesOf(loading: Loading, file: CatalogFile): Promise<Pick<Catalog, 'suites'>> {
  const found: string[] = [];
  for (const [i, path] of (file.suites ?? []).entries()) {
    const suite = await loading.resolve(path, 'file', ['suites', i]);
    if (suite !== null) found.push(suite);
  }
  return file.suites === undefined ? {} : { suites: found };
}

export async function builtPackagesOf(loading: Loading, file: CatalogFile): Promise<BuiltPackages[]> {
  const built: BuiltPackages[] = [];
  for (const [i, { url, source, command }] of (file.builtPackages ?? []).entries()) {
    const folder = await loading.resolve(source, 'folder', ['builtPackages', i, 'source']);
    if (folder !== null) built.push({ url, source: folder, command });
  }
  return built;
}

/** Git answers slowly in a large repository, so several entries are resolved at a time; their order stays. */
const AT_ONCE = 8;

async function allSubjects(loading: Loading, file: CatalogFile, indices: number[]): Promise<Subject[]> {
  const found: Subject[][] = [];
  for (let start = 0; start < file.subjects.length; start += AT_ONCE) {
    const some = file.subjects.slice(start, start + AT_ONCE);
    const at = (i: number): (string | number)[] => ['subjects', indices[start + i] ?? start + i];
    found.push(...(await Promise.all(some.map((entry, i) => subjectsOf(loading, file, entry, at(i))))));
  }
  const subjects = found.flat();
  complainOfDuplicates(loading, file, indices);
  return subjects;
}

/** Looks at the entries themselves, so that a faulty one is still compared with the others. */
function complainOfDuplicates(loading: Loading, file: CatalogFile, indices: number[]): void {
  const first = new Map<string, number>();
  for (const [i, entry] of file.subjects.entries()) {
    const at = ['subjects', indices[i] ?? i];
    for (const platform of entry.platforms ?? file.defaults?.platforms ?? [STANDARD_PLATFORM]) {
      const id = `${entry.image}/${entry.variant ?? 'default'}@${platform}`;
      const line = first.get(id);
      if (line === undefined) first.set(id, loading.source.placeOf(at).line);
      else loading.complain(at, `the subject ${id} is already given in line ${line}; rename or remove one`);
    }
  }
}
