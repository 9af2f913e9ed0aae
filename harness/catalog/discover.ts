import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TwinproofError } from '../errors.ts';
import { claimRequests, standardClaims } from './claims.ts';
import { catalogInvalid, quoted } from './complaints.ts';
import type { Complaint } from './complaints.ts';
import { firstImage } from './containerfile.ts';
import { lastCommitTime } from './git.ts';
import { findVariants, isFile, variantNames } from './layout.ts';
import type { VariantFolder } from './layout.ts';
import { insideRoot, MISSING } from './paths.ts';
import { readProperties } from './properties.ts';
import type { Properties } from './properties.ts';
import { readBounded } from './read-bounded.ts';
import { SLUG } from './schema.ts';
import { LOCK_KINDS, STANDARD_LIMITS } from './subjects.ts';
import type { BuilderSpec, Catalog, Place, Platform, Subject } from './types.ts';
import { platformText } from './units.ts';

export interface DiscoverOptions {
  /** Resolve floating tags of builders at the start of a run, instead of reporting `builder-unresolved`. */
  resolveBuilder?: boolean;
  /** The platform of this machine unless given. */
  platforms?: readonly Platform[];
  /** Seconds since 1970; the time of the checkout's last commit unless given. */
  sourceDateEpoch?: number;
}

const MAX_CONTAINERFILE_BYTES = 1024 * 1024;
const CONTAINERFILE = 'Containerfile';
const LOCKS = ['rpms/rpms.lock.yaml', 'debs/debs.lock.yaml'];

/**
 * Makes a catalog of a checkout laid out like Project Hummingbird's, which has no catalog file:
 * `images/<image>[/<distro>]/<variant>/{Containerfile, rpms/rpms.lock.yaml}`.
 * Its Containerfiles copy from the root of the checkout, so that is every context; the builder is the first image that
 * the Containerfile names; `hermetic: false` in `images/<image>/properties.yml` is a claim that is not made.
 * @throws TwinproofError `catalog-invalid` with every complaint
 */
export async function discoverCatalog(folder: string, options: DiscoverOptions = {}): Promise<Catalog> {
  const root = await realpath(folder);
  const images = await insideRoot(root, 'images', 'folder');
  const variants = 'path' in images ? await findVariants(root) : [];
  if (variants === null || variants.length === 0) {
    throw new TwinproofError(
      'catalog-invalid',
      variants === null ? 'too many folders below images/' : 'no images found',
      {
        where: folder,
        hint: 'write a catalog.yaml, or lay images out as images/<image>/<variant>/Containerfile',
      },
    );
  }
  const sourceDateEpoch = options.sourceDateEpoch ?? (await checkoutTime(root, folder));
  const checkout: Checkout = { root, folder, complaints: [] };
  const names = variantNames(variants);
  const properties = await allProperties(checkout, variants);
  const platforms = options.platforms ?? [hostPlatform()];
  const subjects: Subject[] = [];
  for (const variant of variants) {
    const { image } = variant;
    const name = names.get(variant) ?? variant.variant;
    complainOfName(checkout, variant, name);
    const shared = { ...(await describe(checkout, variant, properties.get(image))), sourceDateEpoch };
    const builder = await builderOf(checkout, variant, options.resolveBuilder ?? false);
    for (const platform of platforms) {
      subjects.push({
        ...shared,
        id: `${image}/${name}@${platformText(platform)}`,
        image,
        variant: name,
        platform,
        builder,
      });
    }
  }
  if (checkout.complaints.length > 0) throw catalogInvalid(checkout.complaints);
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

interface Checkout {
  root: string;
  /** As the user named it; complaints begin with it. */
  folder: string;
  complaints: Complaint[];
}

function placeIn(checkout: Checkout, path: string, line = 1): Place {
  return { file: join(checkout.folder, path), line, column: 1 };
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

function hostPlatform(): Platform {
  return { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
}

async function allProperties(
  checkout: Checkout,
  variants: readonly VariantFolder[],
): Promise<Map<string, Properties>> {
  const images = new Map<string, Properties>();
  for (const image of new Set(variants.map(({ image }) => image))) {
    const file = propertiesOf(image);
    if (!(await isFile(join(checkout.root, file)))) continue;
    const result = await readProperties(join(checkout.root, file), join(checkout.folder, file));
    if ('complaint' in result) checkout.complaints.push(result.complaint);
    else images.set(image, result.properties);
  }
  return images;
}

const propertiesOf = (image: string): string => `images/${image}/properties.yml`;

type Described = Pick<Subject, 'recipe' | 'lock' | 'claims' | 'limits' | 'smoke' | 'place'>;

async function describe(
  checkout: Checkout,
  { image, folder }: VariantFolder,
  properties: Properties | undefined,
): Promise<Described> {
  const lock = await lockOf(checkout, folder);
  const claims = claimRequests(standardClaims({ lock, smoke: null }));
  if (properties?.hermetic === false) {
    claims.hermetic = { made: false, reason: `${propertiesOf(image)} says hermetic: false` };
  }
  const { root } = checkout;
  const containerfile = join(folder, CONTAINERFILE);
  return {
    recipe: {
      kind: 'containerfile',
      containerfile: join(root, containerfile),
      context: root,
      buildArgs: {},
      timestamps: 'rewrite',
      history: 'keep',
      privileges: 'default',
    },
    lock,
    claims,
    limits: STANDARD_LIMITS,
    smoke: null,
    place: placeIn(checkout, containerfile),
  };
}

async function lockOf(checkout: Checkout, folder: string): Promise<Subject['lock']> {
  for (const name of LOCKS) {
    const kind = LOCK_KINDS[basename(name)];
    const path = join(folder, name);
    const result = await insideRoot(checkout.root, path, 'file');
    if (kind !== undefined && 'path' in result) return { path: result.path, kind };
    if ('fault' in result && result.fault !== MISSING) {
      checkout.complaints.push({ place: placeIn(checkout, path), text: `the lock ${result.fault}` });
    }
  }
  return null;
}

async function builderOf(
  checkout: Checkout,
  { folder }: VariantFolder,
  resolve: boolean,
): Promise<BuilderSpec> {
  const containerfile = join(folder, CONTAINERFILE);
  const bytes = await readBounded(join(checkout.root, containerfile), MAX_CONTAINERFILE_BYTES);
  const base = firstImage(new TextDecoder().decode(bytes));
  // Without any image to build in, a run reports `builder-unresolved` for this subject, and the others are verified.
  return {
    kind: 'image',
    reference: base?.reference ?? 'scratch',
    resolve,
    place: placeIn(checkout, containerfile, base?.line),
  };
}
