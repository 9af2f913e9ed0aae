import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { lockFormatNamed } from '../lock/format.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import type { Registry } from '../model/registry.ts';
import { allOptionKeys } from './claims.ts';
import { complaintsOf } from './issues.ts';
import { builtPackagesOf } from './load.ts';
import { Loading } from './loading.ts';
import { readBounded } from './read-bounded.ts';
import { catalogSchemas } from './schema.ts';
import { builderOf } from './subjects.ts';
import type { BuilderSpec, BuiltPackages, Origin } from './types.ts';
import { MAX_YAML_BYTES, parseYaml } from './yaml-source.ts';

/** What the refresh of locks in builders needs to know of a catalog, which may name locks that are not there yet. */
export interface LockContext {
  /** The builder that the subjects of an input (`rpms.in.yaml`, absolute) are built in. */
  builderOf: (input: string) => BuilderSpec;
  builtPackages: BuiltPackages[];
  origins: Origin[];
}

/** For inputs without a catalog. */
export function contextWithout(builder: BuilderSpec): LockContext {
  return { builderOf: () => builder, builtPackages: [], origins: [] };
}

/**
 * @param otherwise the builder of inputs that the catalog does not name
 * @param claims those that the catalog may speak of
 * @throws TwinproofError `catalog-invalid`
 */
export async function readLockContext(
  path: string,
  otherwise: BuilderSpec,
  claims: Registry<ClaimDeclaration>,
): Promise<LockContext> {
  const source = parseYaml(await readBounded(path, MAX_YAML_BYTES), path);
  const root = await realpath(dirname(path));
  const { success, data: file, error } = catalogSchemas(claims).catalog.safeParse(source.value);
  const loading = new Loading(
    root,
    source,
    success ? [] : complaintsOf(error.issues, source, allOptionKeys(claims)),
    { claims },
  );
  if (!success) {
    loading.finish();
    throw new Error('a catalog that cannot be used has nothing wrong with it');
  }
  const builders = new Map<string, BuilderSpec>();
  for (const [i, entry] of file.subjects.entries()) {
    if (entry.lock === undefined || lockFormatNamed(entry.lock)?.resolvedIn !== 'builder') continue;
    const builder = await builderOf(loading, file, entry, ['subjects', i]);
    if (builder !== null)
      builders.set(resolve(dirname(path), entry.lock).replace(/\.lock\.yaml$/, '.in.yaml'), builder);
  }
  const builtPackages = await builtPackagesOf(loading, file);
  loading.finish();
  return {
    builderOf: (input) => builders.get(input) ?? otherwise,
    builtPackages,
    origins: file.origins ?? [],
  };
}
