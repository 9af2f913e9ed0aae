import { basename, dirname } from 'node:path';
import { fileNames, lockFile, lockFormats } from '../lock/format.ts';
import { claimFilesOf } from './claim-files.ts';
import { claimRequests, exemptedFault, standardClaims, unmetNeed } from './claims.ts';
import type { Loading } from './loading.ts';
import type { CatalogFile, SubjectEntry } from './schema.ts';
import type { BuilderSpec, Exemption, Limits, Prefetch, Recipe, Smoke, Subject } from './types.ts';
import { parseDuration, parseBuildPlatform, parseSize } from './units.ts';
import { type Platform, platformText } from '../model/platform.ts';

const MIB = 1024 ** 2;
export const STANDARD_LIMITS: Limits = {
  memory: 4096 * MIB,
  processes: 4096,
  time: 15 * 60,
  scratch: 6144 * MIB,
  log: 64 * MIB,
};
const STANDARD_TIMEOUT = 30;
/** Of a subject for which the catalog names none. */
export const STANDARD_PLATFORM = 'linux/amd64';

type LimitEntries = NonNullable<SubjectEntry['limits']>;
type Path = readonly (string | number)[];

/**
 * The subjects of one entry, one for each platform. What is wrong goes to `loading`; then there is none.
 * @param at path of the entry in the file
 */
export async function subjectsOf(
  loading: Loading,
  file: CatalogFile,
  entry: SubjectEntry,
  at: Path,
): Promise<Subject[]> {
  const recipe = await recipeOf(loading, entry, at);
  const lock = entry.lock === undefined ? null : await lockOf(loading, entry.lock, [...at, 'lock']);
  const prefetch = await prefetchOf(loading, entry, [...at, 'prefetch']);
  const builder = await builderOf(loading, file, entry, at);
  const claims = claimsOf(loading, file, entry, at);
  const claimFiles = claims === null ? {} : await claimFilesOf(loading, claims, { entry, at });
  const sourceDateEpoch =
    recipe === null ? null : await epochOf(loading, file, { entry, at, context: recipe.context });
  if (recipe === null || lock === 'faulty' || prefetch === 'faulty') return [];
  if (builder === null || claims === null || sourceDateEpoch === null) return [];
  const platforms = entry.platforms ?? file.defaults?.platforms ?? [STANDARD_PLATFORM];
  return platforms.map((text) => {
    const variant = entry.variant ?? 'default';
    const platform = parseBuildPlatform(text) as Platform;
    return {
      id: `${entry.image}/${variant}@${platformText(platform)}`,
      image: entry.image,
      variant,
      platform,
      recipe,
      lock,
      builder,
      claims,
      sourceDateEpoch,
      limits: limitsOf(entry.limits ?? {}, file.defaults?.limits ?? {}),
      smoke: entry.smoke === undefined ? null : smokeOf(entry.smoke),
      place: loading.source.placeOf(at),
      ...(prefetch === null ? {} : { prefetch }),
      ...(Object.keys(claimFiles).length === 0 ? {} : { claimFiles }),
      ...(entry.exemptions === undefined ? {} : { exemptions: entry.exemptions.map(exemptionOf) }),
    };
  });
}

/** An optional key that is not there is left out, not undefined. */
function exemptionOf({ path, cause, ...rest }: NonNullable<SubjectEntry['exemptions']>[number]): Exemption {
  return { ...rest, ...(path === undefined ? {} : { path }), ...(cause === undefined ? {} : { cause }) };
}

async function recipeOf(loading: Loading, entry: SubjectEntry, at: Path): Promise<Recipe | null> {
  const { recipe } = entry;
  const inRecipe = (key: string): Path => [...at, 'recipe', key];
  if ('command' in recipe) {
    const context = await loading.resolve(recipe.context, 'folder', inRecipe('context'));
    const { command, environment = {} } = recipe;
    return context === null ? null : { kind: 'command', command, context, environment };
  }
  const containerfile = await loading.resolve(recipe.containerfile, 'file', inRecipe('containerfile'));
  if (containerfile === null && recipe.context === undefined) return null;
  const context = await loading.resolve(
    recipe.context ?? dirname(recipe.containerfile),
    'folder',
    inRecipe('context'),
  );
  if (containerfile === null || context === null) return null;
  return {
    kind: 'containerfile',
    containerfile,
    context,
    buildArgs: recipe.buildArgs ?? {},
    timestamps: recipe.timestamps ?? 'rewrite',
    history: recipe.history ?? 'keep',
    privileges: recipe.privileges ?? 'default',
    ...(recipe.target === undefined ? {} : { target: recipe.target }),
    ...(recipe.resolve === undefined ? {} : { resolve: recipe.resolve }),
  };
}

async function prefetchOf(
  loading: Loading,
  { prefetch }: SubjectEntry,
  at: Path,
): Promise<Prefetch | null | 'faulty'> {
  if (prefetch === undefined) return null;
  const output = await loading.resolve(prefetch.output, 'folder', [...at, 'output']);
  const environment =
    prefetch.environment === undefined
      ? undefined
      : await loading.resolve(prefetch.environment, 'file', [...at, 'environment']);
  return output === null || environment === null ? 'faulty' : { output, environment: environment ?? null };
}

async function lockOf(loading: Loading, path: string, at: Path): Promise<Subject['lock'] | 'faulty'> {
  const format = lockFormats(loading.ecosystems).find((known) => lockFile(known) === basename(path));
  if (format === undefined) {
    loading.complain(
      at,
      `a lock must be named ${fileNames(lockFile, loading.ecosystems)}, which says what is in it`,
    );
    return 'faulty';
  }
  const real = await loading.resolve(path, 'file', at);
  return real === null ? 'faulty' : { path: real, kind: format.kind };
}

export async function builderOf(
  loading: Loading,
  file: CatalogFile,
  entry: SubjectEntry,
  at: Path,
): Promise<BuilderSpec | null> {
  const written = entry.builder ?? file.builder;
  const where = entry.builder === undefined ? ['builder'] : [...at, 'builder'];
  if (written === undefined) {
    loading.complain(at, 'it has no builder; add `builder:` here, or at the top for all subjects');
    return null;
  }
  const place = loading.source.placeOf(where);
  if ('image' in written) {
    return { kind: 'image', reference: written.image, resolve: written.resolve ?? false, place };
  }
  const path = await loading.resolve(written.definition, 'folder', [...where, 'definition']);
  return path === null ? null : { kind: 'definition', path, place };
}

function claimsOf(
  loading: Loading,
  file: CatalogFile,
  entry: SubjectEntry,
  at: Path,
): Subject['claims'] | null {
  const standard = standardClaims({ lock: entry.lock ?? null, smoke: entry.smoke ?? null }, loading.claims);
  const given = entry.claims ?? file.defaults?.claims;
  let met = true;
  for (const [id, request] of Object.entries(claimRequests(entry.claims ?? {}))) {
    const fault = unmetNeed(id, request, { subject: entry, declared: loading.claims });
    if (fault === null) continue;
    loading.complainOfKey([...at, 'claims', id], fault);
    met = false;
  }
  const requests = claimRequests(
    given === undefined ? standard : { ...file.defaults?.claims, ...entry.claims },
  );
  for (const [i, { claim }] of (entry.exemptions ?? []).entries()) {
    const fault = exemptedFault(claim, requests, loading.claims);
    if (fault === null) continue;
    loading.complain([...at, 'exemptions', i, 'claim'], fault);
    met = false;
  }
  return met ? requests : null;
}

async function epochOf(
  loading: Loading,
  file: CatalogFile,
  { entry, at, context }: { entry: SubjectEntry; at: Path; context: string },
): Promise<number | null> {
  const given = entry.sourceDateEpoch ?? file.defaults?.sourceDateEpoch;
  if (typeof given === 'number') return given;
  const result = await loading.commitTime(context);
  if ('seconds' in result) return result.seconds;
  const where =
    entry.sourceDateEpoch === undefined
      ? given === undefined
        ? at
        : ['defaults', 'sourceDateEpoch']
      : [...at, 'sourceDateEpoch'];
  loading.complain(
    where,
    `the context of ${entry.image}/${entry.variant ?? 'default'} has no time of a last commit (${result.fault}); ` +
      'commit it, or write `sourceDateEpoch:` in seconds since 1970',
  );
  return null;
}

/** Key by key: the subject's own, else the default of the file, else the standard one. */
function limitsOf(own: LimitEntries, defaults: LimitEntries): Limits {
  const size = (key: 'memory' | 'scratch' | 'log'): number =>
    parseSize(own[key] ?? defaults[key] ?? '') ?? STANDARD_LIMITS[key];
  return {
    memory: size('memory'),
    processes: own.processes ?? defaults.processes ?? STANDARD_LIMITS.processes,
    time: parseDuration(own.time ?? defaults.time ?? '') ?? STANDARD_LIMITS.time,
    scratch: size('scratch'),
    log: size('log'),
  };
}

function smokeOf(entry: NonNullable<SubjectEntry['smoke']>): Smoke {
  const timeout =
    entry.timeout === undefined ? STANDARD_TIMEOUT : (parseDuration(entry.timeout) ?? STANDARD_TIMEOUT);
  const { expect, environment = {}, writable = [] } = entry;
  const way = 'run' in entry ? { run: entry.run } : { service: entry.service };
  return { ...way, expect, timeout, environment, writable };
}
