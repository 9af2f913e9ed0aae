import { join } from 'node:path';
import { findCause } from '../build/environment/search.ts';
import type { AppliedAxis, Axis } from '../build/environment/types.ts';
import type { TwinBuild } from '../build/types.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { type FlakeRate, flakeRate } from '../claims/flake-rate.ts';
import { compareImages } from '../compare/compare.ts';
import { parseRung } from '../compare/ladder.ts';
import type { DiffResult } from '../compare/types.ts';
import { TwinproofError } from '../errors.ts';
import { type Owner, currentOwner } from '../engine/owner.ts';
import { type Engine, connectEngine } from '../engine/runtime.ts';
import { makeScratch, removeScratch } from '../engine/scratch.ts';
import { ownerIsDead, sweep } from '../engine/sweep.ts';
import { openImage } from '../oci/open.ts';
import { HARNESS_VERSION } from '../version.ts';
import { buildTwins } from './build-twins.ts';
import { type Prepared, prepareSubject } from './prepare-subject.ts';
import { Session } from './session.ts';

/** Control builds after a pair that differed, to say how often it does. */
const MORE_CONTROLS = 3;

export interface BisectOptions {
  catalog: Catalog;
  subject: Subject;
  axes: readonly Axis[];
  seed: number;
  /** Builds with nothing varied; two at least. */
  builds: number;
  onStart: (run: { folder: string; engine: Engine; owner: Owner }) => void;
  onStep: (step: string) => void;
}

/** One build: in what it was made to differ from the first, and whether it did. */
export interface BisectBuild {
  name: string;
  axes: Axis[];
  /** Digest of the image config; null when the build failed. */
  config: string | null;
  differs: boolean;
  seconds: number;
}

/** twinproof/bisect/v1 */
export interface BisectResult {
  schema: 'twinproof/bisect/v1';
  subject: string;
  source: string;
  builder: string;
  seed: number;
  harness: string;
  rung: string;
  /** Axes that were tried, and those that could not be. */
  axes: Axis[];
  notApplied: { axis: Axis; reason: string }[];
  builds: BisectBuild[];
  control: FlakeRate;
  /** `itself`: builds with nothing varied differ; `none`: no axis makes it differ; `axes`: these do, together. */
  verdict: 'itself' | 'none' | 'axes';
  cause: {
    confidence: 'proven';
    axes: AppliedAxis[];
    /** Names of two builds that differ, and whose environments differ in nothing but the last axis. */
    differing: string;
    equal: string;
    paths: string[];
  } | null;
}

/** Which axis makes an image differ, shown by building. @throws TwinproofError when the first build fails */
export async function bisect(options: BisectOptions): Promise<BisectResult> {
  const engine = await connectEngine();
  await sweep(engine, ownerIsDead);
  const owner = currentOwner(`bisect-${Date.now().toString(36)}-${process.pid}`);
  options.onStart({ folder: '', engine, owner });
  const session = await Session.open({
    catalog: options.catalog,
    cells: [],
    runFolder: '',
    owner,
    jobs: 1,
    builds: options.builds,
    parallelTwins: engine.cpus >= 2,
    keep: false,
    seed: options.seed,
    vary: options.axes,
    harness: HARNESS_VERSION,
    previous: null,
  });
  const scratch = await makeScratch(owner, options.subject.id);
  try {
    const prepared = await prepareSubject(session, options.subject, {
      scratch,
      send: (message) => {
        if (message.type === 'step') options.onStep(message.step);
      },
    });
    return await new Bisection(session, prepared, options).result();
  } finally {
    await removeScratch(scratch);
  }
}

class Bisection {
  readonly #session: Session;
  readonly #prepared: Prepared;
  readonly #options: BisectOptions;
  readonly #rung: string;
  readonly #builds: BisectBuild[] = [];
  readonly #paths = new Map<string, string[]>();
  #first: TwinBuild | null = null;

  constructor(session: Session, prepared: Prepared, options: BisectOptions) {
    this.#session = session;
    this.#prepared = prepared;
    this.#options = options;
    const request = options.subject.claims.reproducible;
    this.#rung = (request?.made === true ? request.rung : undefined) ?? 'config';
  }

  async result(): Promise<BisectResult> {
    const { axes, notApplied } = this.#applicable();
    for (let build = 0; build < this.#options.builds; build += 1) await this.#build([]);
    if (this.#controlDiffers()) {
      for (let build = 0; build < MORE_CONTROLS; build += 1) await this.#build([]);
    }
    const control = this.#control();
    const made = { axes, notApplied, control };
    if (control.differing > 0) return this.#told({ ...made, verdict: 'itself', cause: null });
    if (axes.length === 0 || !(await this.#build(axes)).differs)
      return this.#told({ ...made, verdict: 'none', cause: null });
    const found = await findCause(axes, async (some) => (await this.#build(some)).differs);
    const differing = this.#named(found.differing);
    const cause: BisectResult['cause'] = {
      confidence: 'proven',
      axes: this.#prepared.environment({ name: 'B', index: 1 }, found.axes).record.axes,
      differing: differing.name,
      equal: this.#named(found.equal).name,
      paths: this.#paths.get(differing.name) ?? [],
    };
    return this.#told({ ...made, verdict: 'axes', cause });
  }

  /** Those of the axes that the machine can vary. The order of start means nothing when builds come one by one. */
  #applicable(): Pick<BisectResult, 'axes' | 'notApplied'> {
    const { record } = this.#prepared.environment({ name: 'B', index: 1 }, this.#options.axes);
    const wanted = record.axes.filter(({ axis }) => axis !== 'order');
    return {
      axes: wanted.filter(({ notApplied }) => notApplied === undefined).map(({ axis }) => axis),
      notApplied: wanted.flatMap(({ axis, notApplied }) =>
        notApplied === undefined ? [] : [{ axis, reason: notApplied }],
      ),
    };
  }

  #controlDiffers = (): boolean => this.#builds.some(({ axes, differs }) => axes.length === 0 && differs);

  #control(): FlakeRate {
    const others = this.#builds.slice(1).filter(({ axes }) => axes.length === 0);
    return flakeRate(others.filter(({ differs }) => differs).length, others.length);
  }

  async #build(axes: readonly Axis[]): Promise<BisectBuild> {
    const name = String(this.#builds.length + 1);
    this.#options.onStep(`build ${name}: ${axes.length === 0 ? 'nothing varied' : axes.join(', ')}`);
    const { record, settings } = this.#prepared.environment({ name: 'B', index: 1 }, axes);
    const environment = { record: { ...record, twin: name }, settings: { ...settings, delay: 0 } };
    const [build] = await buildTwins(this.#session, this.#prepared, [environment]);
    if (build === undefined) throw new Error('nothing was built');
    const { config, differs } = await this.#compare(name, build);
    const told = { name, axes: [...axes], config, differs, seconds: build.seconds };
    this.#builds.push(told);
    this.#options.onStep(`build ${name}: ${differs ? 'differs' : this.#first === build ? 'built' : 'equal'}`);
    if (this.#first !== build) await removeScratch(join(this.#prepared.scratch, name));
    return told;
  }

  async #compare(name: string, build: TwinBuild): Promise<{ config: string | null; differs: boolean }> {
    if (!build.outcome.built) {
      // That a build fails under an axis is a difference that the axis makes; that the first fails is none.
      if (this.#first === null)
        throw new TwinproofError(build.outcome.error.code, build.outcome.error.message);
      this.#paths.set(name, [`the build fails: ${build.outcome.error.message}`]);
      return { config: null, differs: true };
    }
    const image = await openImage(`oci:${build.outcome.layout}`);
    try {
      const config = image.config.digest;
      if (this.#first === null) {
        this.#first = build;
        return { config, differs: false };
      }
      const result = await this.#difference(build.outcome.layout);
      this.#paths.set(name, pathsOf(result));
      return { config, differs: !result.identical };
    } finally {
      await image.close();
    }
  }

  async #difference(layout: string): Promise<DiffResult> {
    if (this.#first?.outcome.built !== true) throw new Error('nothing to compare with');
    await using images = new AsyncDisposableStack();
    const a = images.adopt(await openImage(`oci:${this.#first.outcome.layout}`), (image) => image.close());
    const b = images.adopt(await openImage(`oci:${layout}`), (image) => image.close());
    return await compareImages(a, b, { rung: parseRung(this.#rung), maxDiffs: 100 });
  }

  #named(axes: readonly Axis[]): BisectBuild {
    const build = this.#builds.find(
      (made) => made.axes.length === axes.length && axes.every((axis) => made.axes.includes(axis)),
    );
    if (build === undefined) throw new Error(`no build with ${axes.join(', ')}`);
    return build;
  }

  #told(found: Pick<BisectResult, 'axes' | 'notApplied' | 'control' | 'verdict' | 'cause'>): BisectResult {
    const { subject, source, builder } = this.#prepared;
    return {
      schema: 'twinproof/bisect/v1',
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
