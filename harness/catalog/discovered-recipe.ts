import { join } from 'node:path';
import { type BaseImage, firstImage } from '../containerfile/images.ts';
import { contextPaths } from '../containerfile/sources.ts';
import { type Checkout, placeIn } from './checkout.ts';
import { quoted } from './complaints.ts';
import { chooseContext } from './context.ts';
import type { KonfluxDefinition, KonfluxDefinitions } from './konflux/find.ts';
import type { PrefetchInput } from './konflux/prefetch-input.ts';
import type { KonfluxSettings } from './konflux/settings.ts';
import type { VariantFolder } from './layout.ts';
import { insideRoot, MISSING } from './paths.ts';
import { readBounded } from './read-bounded.ts';
import { lockFile, lockFormats } from '../lock/format.ts';
import type { LockFormat } from '../packages/ecosystem.ts';
import type { Recipe, Subject } from './types.ts';
import { type Platform, hostPlatform, platformText } from '../model/platform.ts';

const MAX_CONTAINERFILE_BYTES = 1024 * 1024;
export const CONTAINERFILE = 'Containerfile';
/** Where a variant has its lock. */
const lockIn = (format: LockFormat): string => join(format.stem, lockFile(format));

/** Of a variant with several, the one that Konflux has fetched counts. */
const LOCK_FORMATS = lockFormats().toSorted(
  (a, b) => Number(b.hermeto !== undefined) - Number(a.hermeto !== undefined),
);
export const LOCKS = LOCK_FORMATS.map(lockIn);
const ofHermeto = (type: string): LockFormat | undefined =>
  LOCK_FORMATS.find(({ hermeto }) => hermeto === type);

/** How a variant of a checkout is built, and from what. */
export interface DiscoveredRecipe {
  recipe: Recipe;
  settings: KonfluxSettings | null;
  lock: Subject['lock'];
  /** What its definition asks Hermeto for beyond RPMs. */
  prefetch: PrefetchInput[];
  base: BaseImage | null;
  definedIn: string[];
}

interface Options {
  definitions: KonfluxDefinitions;
  /** What the user declares for recipes of which the checkout says nothing. */
  privileges: 'default' | 'nested';
  platform: Platform;
}

export async function discoverRecipe(
  checkout: Checkout,
  variant: VariantFolder,
  { definitions, privileges, platform }: Options,
): Promise<DiscoveredRecipe> {
  const path = join(variant.folder, CONTAINERFILE);
  const containerfile = join(checkout.root, path);
  const text = new TextDecoder().decode(await readBounded(containerfile, MAX_CONTAINERFILE_BYTES));
  const found = await definitions.of(containerfile, variant);
  const settings = found?.settings ?? null;
  const build = {
    buildArgs: settings?.buildArgs ?? {},
    platform: platformText(platform),
    buildPlatform: platformText(hostPlatform()),
  };
  const context = await contextOf(checkout, variant, { found, paths: contextPaths(text, build) });
  const [locked, prefetch] = [true, false].map((isLock) =>
    (settings?.prefetch ?? []).filter(({ type }) => (ofHermeto(type) !== undefined) === isLock),
  );
  return {
    recipe: {
      kind: 'containerfile',
      containerfile,
      context,
      buildArgs: build.buildArgs,
      timestamps: settings?.timestamps ?? 'rewrite',
      history: settings?.history ?? 'keep',
      privileges: settings?.privileges ?? privileges,
    },
    settings,
    lock: await lockOf(checkout, variant, locked ?? []),
    prefetch: prefetch ?? [],
    base: firstImage(text, build),
    definedIn: found === null ? [] : [found.definition.file],
  };
}

async function contextOf(
  checkout: Checkout,
  variant: VariantFolder,
  { found, paths }: { found: KonfluxDefinition | null; paths: ReturnType<typeof contextPaths> },
): Promise<string> {
  const named = found?.settings.context;
  if (found !== null && named !== undefined) {
    const inside = await insideRoot(checkout.root, named, 'folder');
    if ('path' in inside) return inside.path;
    const place = found.definition.param('path-context')?.place ?? found.definition.place;
    checkout.complaints.push({ place, text: `the context ${quoted(named)} ${inside.fault}` });
    return checkout.root;
  }
  const chosen = await chooseContext(checkout.root, variant, paths);
  if ('folder' in chosen) return join(checkout.root, chosen.folder);
  const [first, second] = chosen.ambiguous.map((folder) => (folder === '' ? 'the checkout itself' : folder));
  checkout.complaints.push({
    place: placeIn(checkout, join(variant.folder, CONTAINERFILE), paths[0]?.line),
    text:
      `${first ?? ''} and ${second ?? ''} both hold all that it copies, so that its context cannot be determined; ` +
      'say it by `path-context` in .tekton, or write a catalog.yaml',
  });
  return checkout.root;
}

/** Where its definition has Hermeto look, else in its own folder. */
async function lockOf(
  checkout: Checkout,
  { folder }: VariantFolder,
  locked: readonly PrefetchInput[],
): Promise<Subject['lock']> {
  const [input] = locked;
  const format = input === undefined ? undefined : ofHermeto(input.type);
  if (input !== undefined && format !== undefined) {
    const path = join(input.path, lockFile(format));
    const inside = await insideRoot(checkout.root, path, 'file');
    if ('path' in inside) return { path: inside.path, kind: format.kind };
    checkout.complaints.push({ place: input.place, text: `the lock ${quoted(path)} ${inside.fault}` });
    return null;
  }
  for (const known of LOCK_FORMATS) {
    const path = join(folder, lockIn(known));
    const result = await insideRoot(checkout.root, path, 'file');
    if ('path' in result) return { path: result.path, kind: known.kind };
    if ('fault' in result && result.fault !== MISSING)
      checkout.complaints.push({ place: placeIn(checkout, path), text: `the lock ${result.fault}` });
  }
  return null;
}
