import { relative } from 'node:path';
import type { Recipe, Subject } from '../catalog/types.ts';
import { TwinproofError } from '../errors.ts';
import type { BuildahOption } from './buildah-options.ts';
import { runtimePath } from './environment/runtime.ts';
import type { Settings } from './environment/types.ts';
import { LAYOUT_NAME, OUTPUT, placesIn } from './places.ts';
import type { ReadyBase } from './types.ts';

/** What a build is given. */
export interface Given {
  /** Of RUN instructions, as `--volume` takes them. */
  volumes: string[];
  bases: ReadyBase[];
  /**
   * Stages that the last one does not name but whose archive it may begin with, in the order in which they stand;
   * null where no stage begins with an archive of the context.
   */
  unnamedStages: string[] | null;
}

type Containerfile = Extract<Recipe, { kind: 'containerfile' }>;

/**
 * The commands of a build by Containerfile, one after the other, run in the context: archives that a stage begins with
 * are named relative to it.
 * @throws TwinproofError `unsupported` when the builder's buildah cannot do what the recipe asks for
 */
export function buildahCommands(
  subject: Omit<Subject, 'recipe'> & { recipe: Containerfile },
  settings: Settings,
  given: Given,
): string[][] {
  const { recipe } = subject;
  const common = [
    'buildah',
    'bud',
    ...isolation(settings, recipe.privileges === 'nested'),
    // The whole container has no network; sharing its namespace lets refused attempts be counted there.
    '--network=host',
    '--pull-never',
    '--layers=false',
    '--format=oci',
    ...optionsOf(subject, settings),
    ...given.bases
      .filter(({ written, name }) => written !== name)
      .map(({ written, name }) => `--build-context=${written}=container-image://${name}`),
    ...given.volumes.map((volume) => `--volume=${volume}`),
    `--file=${containerfileInside(recipe, settings)}`,
  ];
  const { context } = placesIn(settings.root);
  const skips = settings.buildah.includes('skip-unused-stages');
  const before = skips ? [] : (given.unnamedStages ?? []);
  const every = given.unnamedStages !== null || recipe.unusedStages === true;
  const all = skips && every ? ['--skip-unused-stages=false'] : [];
  const target = recipe.target === undefined ? [] : [`--target=${recipe.target}`];
  return [
    ...before.map((stage) => [...common, `--target=${stage}`, context]),
    [...common, ...all, ...target, `--tag=oci:${OUTPUT}/${LAYOUT_NAME}`, context],
  ];
}

/**
 * RUN instructions go through our runtime; where the builder cannot, through buildah's own chroot isolation, in which
 * nested ones would not be kept apart from the build tool.
 */
function isolation({ runtime, root }: Settings, nested: boolean): string[] {
  if (nested) {
    const own = runtime ? [`--runtime=${runtimePath(placesIn(root).scratch)}`] : [];
    return ['--isolation=oci', ...own, '--cap-add=all', '--cgroupns=host'];
  }
  if (!runtime) return ['--isolation=chroot', '--uts=host'];
  return [
    '--isolation=oci',
    `--runtime=${runtimePath(placesIn(root).scratch)}`,
    // As in chroot isolation: process ids and control groups are those of the build's container.
    '--pid=host',
    '--ipc=host',
    '--cgroupns=host',
  ];
}

function optionsOf(
  {
    recipe,
    platform,
    sourceDateEpoch,
  }: Pick<Subject, 'platform' | 'sourceDateEpoch'> & { recipe: Containerfile },
  { buildah }: Settings,
): string[] {
  const epoch = String(sourceDateEpoch);
  if (recipe.history === 'omit' && !buildah.includes('omit-history')) {
    throw new TwinproofError('unsupported', "the builder's buildah has no --omit-history", {
      hint: 'use a builder with buildah 1.28 or later, or take `history: omit` out of the recipe',
    });
  }
  return [
    `--platform=${platform.os}/${platform.architecture}`,
    ...timeOptions(recipe.timestamps, epoch, buildah),
    ...(recipe.history === 'omit' ? ['--omit-history'] : []),
    `--build-arg=SOURCE_DATE_EPOCH=${epoch}`,
    ...Object.entries(recipe.buildArgs).map(([key, value]) => `--build-arg=${key}=${value}`),
    ...Object.entries(recipe.labels ?? {}).map(([key, value]) => `--label=${key}=${value}`),
    ...Object.entries(recipe.annotations ?? {}).map(([key, value]) => `--annotation=${key}=${value}`),
    ...(recipe.squash === true ? ['--squash'] : []),
    ...inheritance(recipe, buildah),
  ];
}

function inheritance({ inheritLabels = true }: Containerfile, known: readonly BuildahOption[]): string[] {
  if (inheritLabels) return [];
  if (known.includes('inherit-labels')) return ['--inherit-labels=false'];
  throw new TwinproofError('unsupported', "the builder's buildah has no --inherit-labels", {
    hint: 'use a builder with buildah 1.41 or later',
  });
}

/** As Konflux has them where buildah can (1.41 and later), which refuses `--timestamp` beside `--source-date-epoch`. */
function timeOptions(
  timestamps: Containerfile['timestamps'],
  epoch: string,
  buildah: readonly BuildahOption[],
): string[] {
  const dated = buildah.includes('source-date-epoch') ? [`--source-date-epoch=${epoch}`] : [];
  if (timestamps === 'keep') return dated;
  return buildah.includes('rewrite-timestamp') && dated.length > 0
    ? [...dated, '--rewrite-timestamp']
    : [`--timestamp=${epoch}`];
}

function containerfileInside(recipe: Containerfile, { root }: Settings): string {
  const places = placesIn(root);
  const inContext = relative(recipe.context, recipe.containerfile);
  return inContext.startsWith('..') ? places.recipe : `${places.context}/${inContext}`;
}
