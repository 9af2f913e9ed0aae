import { realpath } from 'node:fs/promises';
import { posix } from 'node:path';
import { insideRoot } from '../../catalog/paths.ts';
import { STANDARD_LIMITS } from '../../catalog/subjects.ts';
import type { Recipe, Subject } from '../../catalog/types.ts';
import { hostPlatform, platformText } from '../../model/platform.ts';
import type { Chosen } from '../choose.ts';
import { isPinned } from '../read/facts.ts';
import type { Checkout } from '../source/types.ts';
import { imagesOf, withoutTag } from './images.ts';
import { injectedLabels } from './injected-labels.ts';
import { lockFor } from './locks.ts';
import { argumentLines, pairsOf } from './pairs.ts';
import { Readings } from './readings.ts';
import type { Injections, Lack, NeededImage, Plan } from './types.ts';

type Containerfile = Extract<Recipe, { kind: 'containerfile' }>;

/**
 * How the image of one platform is rebuilt from its recipe and source, or everything that this lacks. Nothing is fetched,
 * and nothing is taken from the published image but its platform and the labels that a build task sets by itself.
 */
export async function planRebuild(
  { recipe, image }: Chosen,
  checkout: Checkout,
): Promise<{ plan: Plan } | { lacks: Lack[] }> {
  const readings = new Readings(recipe);
  const lacks: Lack[] = [
    ...recipe.missing.filter(({ field }) => field === null).map(({ code, what }) => ({ code, what })),
    ...unsupported({ recipe, image }, readings),
    ...checkout.submodules.missing.map((one) => ({
      code: 'source-unavailable' as const,
      what: `the submodule at ${one}`,
    })),
  ];
  const root = await realpath(checkout.folder);
  const files = await filesOf(root, readings);
  if ('lacks' in files) return { lacks: [...lacks, ...files.lacks] };
  const text = (await checkout.file(posix.relative(root, files.containerfile))) ?? '';
  const given = await argumentsOf(checkout, readings);
  const platform = hostPlatform();
  const target = readings.text('target');
  const build = {
    buildArgs: given.pairs,
    platform: platformText(platform),
    buildPlatform: platformText(platform),
    ...(target === null ? {} : { target }),
  };
  const named = imagesOf({ text, build, known: readings.list('baseImages') ?? [] });
  const { lock, lacks: unlocked } = await lockFor({
    root,
    containerfile: files.containerfile,
    prefetch: readings.text('prefetch'),
  });
  lacks.push(...given.lacks, ...named.lacks, ...unlocked);
  const builder = builderOf(recipe, readings, named.images);
  if ('code' in builder) lacks.push(builder);
  if ('code' in builder || lacks.length > 0) return { lacks };
  const labels = labelsOf({ recipe, image }, readings, checkout.commit);
  const epoch = epochOf(readings);
  const options = {
    ...files,
    buildArgs: given.pairs,
    ...(target === null ? {} : { target }),
    ...(Object.keys(labels.pairs).length === 0 ? {} : { labels: labels.pairs }),
  };
  const noEpoch = `no source date epoch is recorded: times are those of the commit, ${checkout.time}`;
  return {
    plan: {
      subject: subjectOf(buildOf(options, readings), {
        builder: builder.reference,
        lock,
        epoch: epoch ?? checkout.time,
      }),
      images: [builder, ...named.images],
      injections: injectionsOf(recipe, readings),
      notes: [...labels.notes, ...(epoch === null ? [noEpoch] : [])],
    },
  };
}

type Options = Pick<Containerfile, 'containerfile' | 'context' | 'buildArgs' | 'target' | 'labels'>;

/** What stands in the recipe as switches. */
function buildOf(options: Options, readings: Readings): Containerfile {
  return {
    kind: 'containerfile',
    ...options,
    timestamps: epochOf(readings) !== null && readings.isFalse('rewriteTimestamp') ? 'keep' : 'rewrite',
    history: readings.isTrue('omitHistory') ? 'omit' : 'keep',
    privileges: readings.isTrue('privileges') ? 'nested' : 'default',
    annotations: pairsOf(readings.list('annotations') ?? []).pairs,
    squash: readings.isTrue('squash'),
    inheritLabels: !readings.isFalse('inheritLabels'),
    unusedStages: readings.isFalse('skipUnusedStages'),
  };
}

function injectionsOf({ form }: Chosen['recipe'], readings: Readings): Injections {
  const files = (readings.list('injections') ?? []).filter((name) =>
    /^(?:labels|content-sets)\.json$/.test(name),
  );
  const isTekton = form?.startsWith('Tekton') === true;
  return { files: files.length > 0, prefetched: isTekton && (readings.text('prefetch') ?? '') !== '' };
}

/** Seconds since 1970; null where nobody says them. */
function epochOf(readings: Readings): number | null {
  const epoch = Number(readings.text('sourceDateEpoch') ?? NaN);
  return Number.isSafeInteger(epoch) && epoch >= 0 ? epoch : null;
}

function unsupported({ recipe, image }: Pick<Chosen, 'recipe' | 'image'>, readings: Readings): Lack[] {
  const host = platformText(hostPlatform());
  const lacks: Lack[] = [];
  const lack = (what: string): void => void lacks.push({ code: 'unsupported', what });
  const [os, architecture] = host.split('/');
  if (!`${image.platform}/`.startsWith(`${os}/${architecture}/`))
    lack(`${image.platform} is not rebuilt on ${host}: nothing is emulated`);
  if (recipe.form?.startsWith('BuildKit') === true) lack('BuildKit made it, and only buildah rebuilds here');
  if (/^https?:/.test(readings.text('containerfile') ?? '')) lack('its Containerfile is not in the source');
  return lacks;
}

/** Where Konflux looks: in the context first, then from the root of the source. */
async function filesOf(
  root: string,
  readings: Readings,
): Promise<Pick<Containerfile, 'containerfile' | 'context'> | { lacks: Lack[] }> {
  const path = readings.text('containerfile');
  if (path === null)
    return { lacks: [{ code: 'recipe-incomplete', what: 'the Containerfile is named nowhere' }] };
  const folder = readings.text('context') ?? '.';
  const relative = (text: string): string => text.replace(/^\/+/, '') || '.';
  const context = await insideRoot(root, relative(folder), 'folder');
  if ('fault' in context)
    return { lacks: [{ code: 'recipe-incomplete', what: `the context ${folder} ${context.fault}` }] };
  let fault = '';
  for (const one of [posix.join(relative(folder), relative(path)), relative(path)]) {
    const found = await insideRoot(root, one, 'file');
    if ('path' in found) return { containerfile: found.path, context: context.path };
    fault = found.fault;
  }
  return { lacks: [{ code: 'recipe-incomplete', what: `the Containerfile ${path} ${fault}` }] };
}

async function argumentsOf(
  checkout: Checkout,
  readings: Readings,
): Promise<{ pairs: Record<string, string>; lacks: Lack[] }> {
  const file = readings.text('argumentsFile');
  const text = file === null ? '' : await checkout.file(file);
  const { pairs, without } = pairsOf([...argumentLines(text ?? ''), ...(readings.list('arguments') ?? [])]);
  const lacks: Lack[] = without.map((name) => ({
    code: 'recipe-incomplete',
    what: `the argument ${name} takes its value from the environment of the build, which is not recorded`,
  }));
  if (text === null)
    lacks.push({ code: 'recipe-incomplete', what: `the commit has no ${file ?? ''}, which holds arguments` });
  return { pairs, lacks };
}

/** The image of the build's step; without provenance the one that the Containerfile begins with. */
function builderOf(
  { form, missing }: Chosen['recipe'],
  readings: Readings,
  [first]: readonly NeededImage[],
): NeededImage | Lack {
  const named = readings.text('builder');
  if (named !== null && isPinned(named)) return { reference: withoutTag(named), written: null };
  if (form === null && first !== undefined) return { ...first, written: null };
  const said = missing.find(({ field }) => field === 'builder')?.what;
  return { code: 'builder-unresolved', what: said ?? 'the image that the build ran in is named nowhere' };
}

function labelsOf(
  { recipe, image }: Pick<Chosen, 'recipe' | 'image'>,
  readings: Readings,
  commit: string,
): { pairs: Record<string, string>; notes: string[] } {
  const { pairs } = pairsOf(readings.list('labels') ?? []);
  if (recipe.form?.startsWith('Tekton') !== true) return { pairs, notes: [] };
  const repository = readings.text('repository');
  const { architecture } = hostPlatform();
  const injected = injectedLabels(image.labels, { commit, repository, architecture });
  const dates = injected.dates.filter((name) => !Object.hasOwn(pairs, name));
  return {
    pairs: { ...injected.labels, ...pairs },
    notes: dates.map((name) => `the label ${name} has the date that the published image has`),
  };
}

function subjectOf(
  recipe: Containerfile,
  { builder, lock, epoch }: { builder: string; lock: Subject['lock']; epoch: number },
): Subject {
  return {
    id: `audit/rebuild@${platformText(hostPlatform())}`,
    image: 'audit',
    variant: 'rebuild',
    platform: hostPlatform(),
    recipe,
    lock,
    builder: { kind: 'image', reference: builder, resolve: false, place: null },
    claims: {},
    sourceDateEpoch: epoch,
    limits: STANDARD_LIMITS,
    smoke: null,
    place: null,
  };
}
