import { type ResponsibleVariations, findCause } from '../rebuild/environment/search.ts';
import { scratchOf } from '../rebuild/twin.ts';
import type { TwinBuild } from '../rebuild/types.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { buildContext, recipeText } from '../claims/build-context.ts';
import { type FlakeRate, flakeRate } from '../claims/flake-rate.ts';
import type { DiffResult } from '../compare/types.ts';
import { TwinproofError } from '../errors.ts';
import { removeScratch } from '../engine/scratch.ts';
import { explainDiff } from '../explain/explain.ts';
import { type Flip, withFlip } from '../explain/flip.ts';
import { explanationOf } from '../explain/group.ts';
import { openImage } from '../oci/open.ts';
import { HARNESS_VERSION } from '../version.ts';
import type { BisectBuild, BisectResult } from './bisect-result.ts';
import { buildTwins } from './build-twins.ts';
import { compareBuilds } from './compare-builds.ts';
import type { Message } from './messages.ts';
import { type EnvironmentMaker, type Prepared, environmentMaker } from './prepare-subject.ts';
import type { Session } from './session.ts';
import { type SubjectWork, withSubject } from './with-subject.ts';
import type { Variation } from '../model/variations.ts';
import { optionsOf } from '../catalog/claims.ts';
import { rungAsked } from '../claims/reproducible.ts';

/** Control builds after a pair that differed, to say how often it does. */
const MORE_CONTROLS = 3;

export interface BisectOptions {
  catalog: Catalog;
  subject: Subject;
  variations: readonly Variation[];
  seed: number;
  /** Builds with nothing varied; two at least. */
  builds: number;
  onStart: SubjectWork['onStart'];
  onStep: (step: string) => void;
}

/** Which variation makes an image differ, shown by building. @throws TwinproofError when the first build fails */
export async function bisect(options: BisectOptions): Promise<BisectResult> {
  const { catalog, subject, builds, seed, variations: vary, onStart, onStep } = options;
  const send = (message: Message): void => {
    if (message.type === 'step') onStep(message.step);
  };
  return withSubject(
    { command: 'bisect', catalog, subject, runFolder: '', builds, seed, vary, onStart, send },
    async (session, prepared) => {
      const environment = await environmentMaker(session, prepared);
      return new Bisection(session, { ...prepared, environment }, options).result();
    },
  );
}

/** A subject that is prepared, and how its builds here are made to differ. */
type Bisected = Prepared & { environment: EnvironmentMaker };

class Bisection {
  readonly #session: Session;
  readonly #prepared: Bisected;
  readonly #options: BisectOptions;
  readonly #rung: string;
  readonly #builds: BisectBuild[] = [];
  /** From the first build, by the name of the other. */
  readonly #differences = new Map<string, DiffResult>();
  readonly #failures = new Map<string, string>();
  #first: TwinBuild | null = null;

  constructor(session: Session, prepared: Bisected, options: BisectOptions) {
    this.#session = session;
    this.#prepared = prepared;
    this.#options = options;
    this.#rung = rungAsked(optionsOf(options.subject.claims.reproducible));
  }

  async result(): Promise<BisectResult> {
    const { variations, notApplied } = this.#applicable();
    for (let build = 0; build < this.#options.builds; build += 1) await this.#build([]);
    if (this.#controlDiffers()) {
      for (let build = 0; build < MORE_CONTROLS; build += 1) await this.#build([]);
    }
    const control = this.#control();
    const made = { variations, notApplied, control };
    if (control.differing > 0) return this.#reported({ ...made, verdict: 'itself', cause: null });
    const found = await findCause(variations, async (some) => (await this.#build(some)).differs);
    if (found === null) return this.#reported({ ...made, verdict: 'none', cause: null });
    return this.#reported({ ...made, verdict: 'variations', cause: await this.#causeOf(found) });
  }

  async #causeOf(found: ResponsibleVariations<Variation>): Promise<BisectResult['cause']> {
    const differing = this.#named(found.differing).name;
    const result = this.#differences.get(differing);
    const { variations } = this.#prepared.environment({ name: 'B', index: 1 }, found.variations).record;
    const flip: Flip = {
      variations,
      equal: this.#named(found.equal).name,
      differing,
      paths: result === undefined ? [] : pathsOf(result),
    };
    const recipe = await recipeText(this.#options.subject);
    const causes = result === undefined ? [] : explanationOf(withFlip(result, flip), recipe).causes;
    return {
      confidence: 'proven',
      ...flip,
      variations,
      causes,
      failed: this.#failures.get(differing) ?? null,
    };
  }

  /** Those of the variations that the machine can vary. The order of start means nothing when builds come one by one. */
  #applicable(): Pick<BisectResult, 'variations' | 'notApplied'> {
    const { record } = this.#prepared.environment({ name: 'B', index: 1 }, this.#options.variations);
    const wanted = record.variations.filter(({ variation }) => variation !== 'order');
    return {
      variations: wanted
        .filter(({ notApplied }) => notApplied === undefined)
        .map(({ variation }) => variation),
      notApplied: wanted.flatMap(({ variation, notApplied }) =>
        notApplied === undefined ? [] : [{ variation, reason: notApplied }],
      ),
    };
  }

  #controlDiffers = (): boolean =>
    this.#builds.some(({ variations, differs }) => variations.length === 0 && differs);

  #control(): FlakeRate {
    const others = this.#builds.slice(1).filter(({ variations }) => variations.length === 0);
    return flakeRate(others.filter(({ differs }) => differs).length, others.length);
  }

  async #build(variations: readonly Variation[]): Promise<BisectBuild> {
    const name = String(this.#builds.length + 1);
    this.#options.onStep(
      `build ${name}: ${variations.length === 0 ? 'nothing varied' : variations.join(', ')}`,
    );
    const { record, settings } = this.#prepared.environment({ name: 'B', index: 1 }, variations);
    const environment = { record: { ...record, twin: name }, settings: { ...settings, delay: 0 } };
    const [build] = await buildTwins(this.#session, this.#prepared, [environment]);
    if (build === undefined) throw new Error('nothing was built');
    const { config, differs } = await this.#compare(name, build);
    const reported = { name, variations: [...variations], config, differs, seconds: build.seconds };
    this.#builds.push(reported);
    this.#options.onStep(`build ${name}: ${differs ? 'differs' : this.#first === build ? 'built' : 'equal'}`);
    if (this.#first !== build) await this.#remove(scratchOf(this.#prepared.scratch, name));
    return reported;
  }

  async #remove(folder: string): Promise<void> {
    const { engine, input } = this.#session;
    const { image } = this.#prepared.builder;
    await removeScratch(folder, { engine, owner: input.owner, image });
  }

  async #compare(name: string, build: TwinBuild): Promise<{ config: string | null; differs: boolean }> {
    if (!build.outcome.built) {
      const { code, message } = build.outcome.error;
      // That a build fails under an variation is a difference that the variation makes; that the first fails is none, nor is
      // what the machine is to blame for.
      if (this.#first === null || code !== 'build-failed') throw new TwinproofError(code, message);
      this.#failures.set(name, message);
      return { config: null, differs: true };
    }
    const image = await openImage(build.outcome.image);
    try {
      const config = image.config.digest;
      if (this.#first === null) {
        this.#first = build;
        return { config, differs: false };
      }
      const result = await this.#difference(build);
      this.#differences.set(name, result);
      return { config, differs: !result.identical };
    } finally {
      await image.close();
    }
  }

  async #difference(build: TwinBuild): Promise<DiffResult> {
    const first = this.#first;
    if (first === null) throw new Error('nothing to compare with');
    const result = await compareBuilds([first, build], this.#rung);
    if (result === null) throw new Error('nothing to compare');
    return explainDiff(result, await buildContext(this.#options.subject, [first, build]));
  }

  #named(variations: readonly Variation[]): BisectBuild {
    const build = this.#builds.find(
      (made) =>
        made.variations.length === variations.length &&
        variations.every((variation) => made.variations.includes(variation)),
    );
    if (build === undefined) throw new Error(`no build with ${variations.join(', ')}`);
    return build;
  }

  #reported(
    found: Pick<BisectResult, 'variations' | 'notApplied' | 'control' | 'verdict' | 'cause'>,
  ): BisectResult {
    const { subject, source, builder } = this.#prepared;
    return {
      schema: 'twinproof/bisect/v2',
      subject: subject.id,
      source,
      builder: builder.digest,
      seed: this.#options.seed,
      harness: HARNESS_VERSION,
      rung: this.#rung,
      ...found,
      builds: this.#builds,
    };
  }
}

const pathsOf = ({ entries, config }: DiffResult): string[] =>
  entries.length > 0 ? entries.map(({ path }) => path) : config.map(({ pointer }) => `config ${pointer}`);
