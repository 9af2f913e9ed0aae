import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import { type Checkout, placeIn } from './checkout.ts';
import { claimRequests, standardClaims } from './claims.ts';
import { catalogInvalid, placeText, quoted } from './complaints.ts';
import { CONTAINERFILE, type DiscoveredRecipe, LOCKS, discoverRecipe } from './discovered-recipe.ts';
import { lastCommitTime } from './git.ts';
import { KonfluxDefinitions } from './konflux/find.ts';
import { type VariantFolder, findVariants, isFile, variantNames } from './layout.ts';
import { insideRoot } from './paths.ts';
import { findPrefetch } from './prefetched.ts';
import { type Properties, VARIABLES, allProperties, propertiesOf } from './properties.ts';
import { SLUG } from './schema.ts';
import { STANDARD_LIMITS } from './subjects.ts';
import type { Catalog, Subject } from './types.ts';
import { type Platform, hostPlatform, platformText } from '../model/platform.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import type { Registry } from '../model/registry.ts';

export interface DiscoverOptions {
  /** The claims that can be checked. */
  claims: Registry<ClaimDeclaration>;
  /** The platform of this machine unless given. */
  platforms?: readonly Platform[];
  /** Seconds since 1970; the time of the checkout's last commit unless given. */
  sourceDateEpoch?: number;
  /** For recipes of which the checkout does not say what they need. */
  privileges?: 'default' | 'nested';
  /** Folder with what Hermeto fetched, `<image>/<variant>/{output, cachi2.env}`. */
  prefetched?: string;
}

/**
 * Makes a catalog of a checkout laid out like Project Hummingbird's, which has no catalog file:
 * `images/<image>[/<distro>]/<variant>/{Containerfile, rpms/rpms.lock.yaml}`. How Konflux builds them counts where the
 * checkout says it; the builder is the first image that the Containerfile names.
 * @throws TwinproofError `catalog-invalid` with every complaint
 */
export async function discoverCatalog(folder: string, options: DiscoverOptions): Promise<Catalog> {
  const root = await realpath(folder);
  const images = await insideRoot(root, 'images', 'folder');
  const all = 'path' in images ? await findVariants(root) : [];
  if (all === null || all.length === 0) throw noImages(folder, all);
  const sourceDateEpoch = options.sourceDateEpoch ?? (await checkoutTime(root, folder));
  const checkout: Checkout = { root, folder, complaints: [], claims: options.claims };
  const subjects = await subjectsIn(checkout, all, { ...options, sourceDateEpoch });
  // What is wrong for several platforms is reported once.
  const complaints = new Map(checkout.complaints.map((complaint) => [JSON.stringify(complaint), complaint]));
  if (complaints.size > 0) throw catalogInvalid([...complaints.values()]);
  if (subjects.length === 0) throw noImages(folder, []);
  return {
    name: basename(root),
    file: null,
    root,
    subjects,
    origins: [],
    builtPackages: [],
    whenGone: 'error',
  };
}

function noImages(folder: string, found: VariantFolder[] | null): TwinproofError {
  return new TwinproofError(
    'catalog-invalid',
    found === null ? 'too many folders below images/' : 'no images found',
    {
      where: folder,
      hint: 'write a catalog.yaml, or lay images out as images/<image>/<variant>/Containerfile',
    },
  );
}

async function subjectsIn(
  checkout: Checkout,
  all: readonly VariantFolder[],
  options: DiscoverOptions & { sourceDateEpoch: number },
): Promise<Subject[]> {
  const properties = await allProperties(checkout, all);
  const complain = (complaint: Checkout['complaints'][number]): void =>
    void checkout.complaints.push(complaint);
  const definitions = await KonfluxDefinitions.read(checkout.root, checkout.folder, complain);
  const platforms = options.platforms ?? [hostPlatform()];
  const found: { variant: VariantFolder; recipes: DiscoveredRecipe[] }[] = [];
  for (const variant of all) {
    if (!(await isVariant(checkout, variant, { definitions, properties: properties.get(variant.image) })))
      continue;
    const recipes = await Promise.all(
      platforms.map((platform) =>
        discoverRecipe(checkout, variant, {
          definitions,
          platform,
          privileges: options.privileges ?? 'default',
        }),
      ),
    );
    found.push({ variant, recipes });
  }
  const names = variantNames(found.map(({ variant }) => variant));
  const subjects: Subject[] = [];
  for (const { variant, recipes } of found) {
    const name = names.get(variant) ?? variant.variant;
    complainOfName(checkout, variant, name);
    for (const [i, platform] of platforms.entries()) {
      const recipe = recipes[i];
      if (recipe === undefined) continue;
      const described = describe(checkout, variant, { recipe, properties: properties.get(variant.image) });
      const prefetch = await findPrefetch(recipe.prefetch, {
        folder: options.prefetched,
        name: `${variant.image}/${name}`,
      });
      subjects.push({
        ...described,
        ...prefetch,
        id: `${variant.image}/${name}@${platformText(platform)}`,
        image: variant.image,
        variant: name,
        platform,
        sourceDateEpoch: recipe.settings?.sourceDateEpoch ?? options.sourceDateEpoch,
      });
    }
  }
  return subjects;
}

/** A folder that holds a Containerfile for something else, such as a test, is neither declared nor has it a lock. */
async function isVariant(
  { root }: Checkout,
  variant: VariantFolder,
  { definitions, properties }: { definitions: KonfluxDefinitions; properties: Properties | undefined },
): Promise<boolean> {
  const declared = (names: ReadonlySet<string> | null | undefined, name: string | null): boolean =>
    names === null || names === undefined || name === null || names.has(name);
  if (declared(properties?.variants, variant.variant) && declared(properties?.distros, variant.distro))
    return true;
  if (definitions.has(join(root, variant.folder, CONTAINERFILE), variant)) return true;
  const locks = await Promise.all(LOCKS.map((name) => isFile(join(root, variant.folder, name))));
  return locks.includes(true);
}

function complainOfName(checkout: Checkout, variant: VariantFolder, name: string): void {
  const fault = [variant.image, name].find((part) => !SLUG.test(part));
  if (fault === undefined) return;
  const text = `the folder name ${quoted(fault)} cannot be part of a subject's name; rename it`;
  checkout.complaints.push({ place: placeIn(checkout, join(variant.folder, CONTAINERFILE)), text });
}

async function checkoutTime(root: string, folder: string): Promise<number> {
  const result = await lastCommitTime(root);
  if ('seconds' in result) return result.seconds;
  throw new TwinproofError('catalog-invalid', `the time of its last commit is not known (${result.fault})`, {
    where: folder,
    hint: 'check it out with git, or write a catalog.yaml with sourceDateEpoch',
  });
}

type Described = Pick<
  Subject,
  'recipe' | 'lock' | 'claims' | 'builder' | 'limits' | 'smoke' | 'place' | 'definedIn'
>;

function describe(
  checkout: Checkout,
  { image, folder }: VariantFolder,
  { recipe: found, properties }: { recipe: DiscoveredRecipe; properties: Properties | undefined },
): Described {
  const { lock, recipe, settings, base, definedIn } = found;
  const claims = claimRequests(standardClaims({ lock, smoke: null }, checkout.claims));
  const said = settings?.hermetic;
  if (properties?.hermetic === false) {
    claims.hermetic = { made: false, reason: `${propertiesOf(image)} says hermetic: false` };
  } else if (said?.value === false) {
    claims.hermetic = { made: false, reason: `${placeText(said.place)} says hermetic: false` };
  }
  const containerfile = join(folder, CONTAINERFILE);
  return {
    recipe,
    lock,
    claims,
    // Without any image to build in, a run reports `builder-unresolved` for this subject, and the others are verified.
    builder: {
      kind: 'image',
      reference: base?.reference ?? 'scratch',
      resolve: false,
      place: placeIn(checkout, containerfile, base?.line),
    },
    limits: STANDARD_LIMITS,
    smoke: null,
    place: placeIn(checkout, containerfile),
    definedIn: [...definedIn, ...[propertiesOf(image), VARIABLES].map((path) => join(checkout.root, path))],
  };
}
