import { basename, join } from 'node:path';
import { type BaseImage, firstImage } from '../containerfile/images.ts';
import { contextPaths } from '../containerfile/sources.ts';
import { type Checkout, placeIn } from './checkout.ts';
import { quoted } from './complaints.ts';
import { chooseContext } from './context.ts';
import type { Found, KonfluxDefinitions } from './konflux/find.ts';
import type { PrefetchInput } from './konflux/prefetch-input.ts';
import type { KonfluxSettings } from './konflux/settings.ts';
import type { VariantFolder } from './layout.ts';
import { insideRoot, MISSING } from './paths.ts';
import { readBounded } from './read-bounded.ts';
import { LOCK_KINDS } from './subjects.ts';
import type { Recipe, Subject } from './types.ts';
import { type Platform, hostPlatform, platformText } from '../model/platform.ts';

const MAX_CONTAINERFILE_BYTES = 1024 * 1024;
export const CONTAINERFILE = 'Containerfile';
/** Where a variant has its lock. */
export const LOCKS = ['rpms/rpms.lock.yaml', 'debs/debs.lock.yaml'];

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
  const rpms = settings?.prefetch.filter(({ type }) => type === 'rpm') ?? [];
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
    lock: await lockOf(checkout, variant, rpms),
    prefetch: settings?.prefetch.filter(({ type }) => type !== 'rpm') ?? [],
    base: firstImage(text, build),
    definedIn: found === null ? [] : [found.definition.file],
  };
}

async function contextOf(
  checkout: Checkout,
  variant: VariantFolder,
  { found, paths }: { found: Found | null; paths: ReturnType<typeof contextPaths> },
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
      `${first ?? ''} and ${second ?? ''} both hold all that it copies, so that its context cannot be told; ` +
      'say it by `path-context` in .tekton, or write a catalog.yaml',
  });
  return checkout.root;
}

/** Where its definition has Hermeto look, else in its own folder. */
async function lockOf(
  checkout: Checkout,
  { folder }: VariantFolder,
  rpms: readonly PrefetchInput[],
): Promise<Subject['lock']> {
  const [rpm] = rpms;
  if (rpm !== undefined) {
    const inside = await insideRoot(checkout.root, join(rpm.path, 'rpms.lock.yaml'), 'file');
    if ('path' in inside) return { path: inside.path, kind: 'rpm' };
    checkout.complaints.push({
      place: rpm.place,
      text: `the lock ${quoted(join(rpm.path, 'rpms.lock.yaml'))} ${inside.fault}`,
    });
    return null;
  }
  for (const name of LOCKS) {
    const kind = LOCK_KINDS[basename(name)];
    const path = join(folder, name);
    const result = await insideRoot(checkout.root, path, 'file');
    if (kind !== undefined && 'path' in result) return { path: result.path, kind };
    if ('fault' in result && result.fault !== MISSING)
      checkout.complaints.push({ place: placeIn(checkout, path), text: `the lock ${result.fault}` });
  }
  return null;
}
