import type { Catalog, Subject } from '../../catalog/types.ts';
import { compareImages } from '../../compare/compare.ts';
import type { DiffResult } from '../../compare/types.ts';
import { connectEngine } from '../../engine/connect.ts';
import { contextOfBuilds } from '../../explain/context.ts';
import type { Rung } from '../../model/rungs.ts';
import { openImage } from '../../oci/open.ts';
import type { OciImage } from '../../oci/types.ts';
import { DEFAULT_VARIATIONS } from '../../rebuild/environment/vary.ts';
import type { StagedInputs, TwinBuild } from '../../rebuild/types.ts';
import { buildTwins } from '../../run/build-twins.ts';
import { type Prepared, environmentMaker } from '../../run/prepare-subject.ts';
import { type SubjectWork, withSubject } from '../../run/with-subject.ts';
import { recipeText } from '../../claims/build-context.ts';
import type { Chosen } from '../choose.ts';
import type { Places } from '../places.ts';
import { acquire } from './acquire.ts';
import { takeCarried } from './carried.ts';
import { type Facts, compared } from './compared.ts';
import type { Network, Outcome, Plan } from './types.ts';

export interface RebuildOptions {
  /** Where images, packages and what was published come from. */
  places: Pick<Places, 'images' | 'published' | 'carried' | 'onLocked'>;
  /** What is rebuilt. */
  one: Chosen;
  /** How equal the rebuild and what was published must be. */
  rung: Rung;
  onStart: SubjectWork['onStart'];
  onStep: (step: string) => void;
}

/** Of one comparison. */
const MAX_DIFFERENCES = 200;

/**
 * Builds twins by a plan, one as builds usually are and one of which everything is varied, each in a container of its own
 * without a network, and compares them with each other and with what was published.
 * @throws TwinproofError
 */
export async function rebuildTwins(plan: Plan, options: RebuildOptions): Promise<Outcome> {
  const { places, onStart, onStep } = options;
  const { platform } = plan.subject;
  const ids = await acquire(await connectEngine(), plan.images, { supply: places.images, platform, onStep });
  const subject = inEngine(plan, ids);
  const carried = await takeCarried(subject, places);
  const root = subject.recipe.context;
  const catalog: Catalog = {
    name: 'audit',
    file: null,
    root,
    subjects: [subject],
    origins: [],
    builtPackages: [],
    whenGone: 'error',
  };
  const work = {
    command: 'audit',
    catalog,
    subject,
    runFolder: '',
    builds: 2,
    seed: 0,
    vary: DEFAULT_VARIATIONS,
    ...(carried === null ? {} : { carried }),
    onStart,
    send: (message: Parameters<Parameters<typeof withSubject>[0]['send']>[0]): void => {
      if (message.type === 'step') onStep(message.step);
    },
  };
  return withSubject(work, async (session, prepared) => {
    const make = await environmentMaker(session, prepared, work.send);
    if (prepared.lock !== null) await places.onLocked(prepared.lock, platform.architecture, prepared.cached);
    onStep('building twins');
    const builds = await buildTwins(session, prepared, [
      make({ name: 'A', index: 0 }, []),
      make({ name: 'B', index: 1 }, DEFAULT_VARIATIONS),
    ]);
    return outcomeOf(builds, prepared, { ...options, notes: plan.notes });
  });
}

/** The plan's images under the names that the Containerfile has for them. */
function inEngine({ subject, images }: Plan, ids: ReadonlyMap<string, string>): Subject {
  const { builder, recipe } = subject;
  if (recipe.kind !== 'containerfile' || builder.kind !== 'image') return subject;
  const pins = images.flatMap(({ reference, written }) => {
    const image = ids.get(reference);
    return written === null || image === undefined ? [] : [{ name: written, image }];
  });
  const given = ids.get(builder.reference);
  return {
    ...subject,
    builder: { ...builder, ...(given === undefined ? {} : { given }) },
    recipe: { ...recipe, pins },
  };
}

async function outcomeOf(
  builds: readonly TwinBuild[],
  { subject, inputs }: Prepared,
  options: RebuildOptions & { notes: string[] },
): Promise<Outcome> {
  const network = networkOf(builds, inputs);
  for (const { twin, outcome } of builds)
    if (!outcome.built)
      return { kind: 'failed', twin, message: `${outcome.error.code}: ${outcome.error.message}`, network };
  const [first, second] = builds;
  if (first === undefined || second === undefined) throw new Error('twins are two');
  await using open = new AsyncDisposableStack();
  const opened = async (image: Promise<OciImage>): Promise<OciImage> =>
    open.adopt(await image, (one) => one.close());
  const [a, b] = [await opened(imageOf(first)), await opened(imageOf(second))];
  const published = await opened(options.places.published(options.one));
  const facts: Facts = { sourceDateEpoch: subject.sourceDateEpoch, recipe: await recipeText(subject) };
  const self = await difference(a, b, 'config');
  const diffs = [await difference(a, published, options.rung)];
  // The varied twin counts as well: either of them shows what the source comes to.
  if (!self.identical) diffs.push(await difference(b, published, options.rung));
  const at = Math.max(
    diffs.findIndex(({ identical }) => identical),
    0,
  );
  const [twin, nearest] = [[first, second][at] ?? first, diffs[at] ?? self];
  const other = { twin: 'published', started: '', seconds: 0 };
  return {
    kind: 'built',
    twins: [
      { name: first.twin, manifest: a.manifest.digest, config: a.config.digest },
      { name: second.twin, manifest: b.manifest.digest, config: b.config.digest },
    ],
    self: compared(self, { ...facts, context: contextOfBuilds([first, second], facts), published: null }),
    published: {
      twin: twin.twin,
      ...compared(nearest, {
        ...facts,
        context: contextOfBuilds([twin, other], facts),
        published: { rebuilt: at === 0 ? a : b, image: published },
      }),
    },
    network,
    notes: options.notes,
  };
}

const imageOf = ({ outcome, twin }: TwinBuild): Promise<OciImage> => {
  if (!outcome.built) throw new Error(`there is no image of ${twin}`);
  return openImage(outcome.image);
};

const difference = (a: OciImage, b: OciImage, rung: Rung): Promise<DiffResult> =>
  compareImages(a, b, { rung, maxDiffs: MAX_DIFFERENCES });

function networkOf(builds: readonly TwinBuild[], { unverified }: StagedInputs): Network {
  return {
    attempts: builds.reduce((sum, { networkAttempts }) => sum + networkAttempts, 0),
    refused: [...new Set(builds.flatMap(({ refused }) => refused.map(({ what }) => what)))].slice(0, 50),
    unverified: unverified.map(({ file, why }) => `${file}: ${why}`).slice(0, 50),
  };
}
