import type { Subject } from '../catalog/types.ts';
import { builderKey, readyBuilder } from '../rebuild/builder.ts';
import { type PreparedInputs, prepareInputs } from '../rebuild/prepare-inputs.ts';
import { isNested } from '../rebuild/nested.ts';
import { probeHereDocuments } from '../rebuild/check-recipe.ts';
import { readyBases } from '../rebuild/base-images.ts';
import { NO_LIMITS } from '../rebuild/environment/variations/memory.ts';
import { probeMachine } from '../rebuild/environment/probe.ts';
import type { BuildHost } from '../rebuild/environment/types.ts';
import type { ReadyBase, ReadyBuilder } from '../rebuild/types.ts';
import { digestTree } from '../rebuild/source-digest.ts';
import { connectEngine } from '../engine/connect.ts';
import type { Engine } from '../engine/port.ts';
import { EvidenceStore } from '../record/evidence.ts';
import { Limiter } from './limiter.ts';
import type { Message } from './messages.ts';
import type { RunInput } from './types.ts';
import { CLAIMS } from '../claims/registry.ts';
import type { Claim } from '../claims/types.ts';
import { claimsWith } from '../suites/with-suites.ts';
import type { Registry } from '../model/registry.ts';

/** What all subjects of a run share: engine, builders, locks, and the limits on how many work at once. */
export class Session {
  readonly input: RunInput;
  /** All that can be claimed, by suites of the user's too. */
  readonly claims: Registry<Claim>;
  readonly engine: Engine;
  readonly evidence: EvidenceStore;
  /** The stages of a subject, so that one is fetched and another judged while a third is built. */
  readonly preparing: Limiter;
  readonly building: Limiter;
  readonly judging: Limiter;
  /** The same for subjects that are started in virtual machines, which take minutes: nobody else waits for those. */
  readonly booting: Limiter;
  readonly #builders = new Map<string, Promise<ReadyBuilder>>();
  readonly #inputs = new Map<string, Promise<PreparedInputs>>();
  readonly #machines = new Map<string, Promise<BuildHost>>();
  readonly #hereDocuments = new Map<string, Promise<boolean>>();
  readonly #trees = new Map<string, Promise<string>>();

  private constructor(input: RunInput, claims: Registry<Claim>, engine: Engine) {
    this.input = input;
    this.claims = claims;
    this.engine = engine;
    this.evidence = new EvidenceStore(input.runFolder);
    // Where others build, only that is done more often at a time than this machine can.
    const here = input.cluster === undefined ? input.jobs : Math.max(1, Math.floor(engine.cpus / 2));
    this.preparing = new Limiter(here);
    this.building = new Limiter(input.jobs);
    this.judging = new Limiter(here);
    this.booting = new Limiter(here);
  }

  /** @param engine one that is connected already */
  static async open(
    input: RunInput,
    { claims = CLAIMS, engine }: { claims?: Registry<Claim>; engine?: Engine } = {},
  ): Promise<Session> {
    return new Session(input, claimsWith(claims, input.suites), engine ?? (await connectEngine()));
  }

  /** Lets nothing begin any more. */
  stop(): void {
    for (const limiter of [this.preparing, this.building, this.judging, this.booting]) limiter.stop();
  }

  /** The same builder is made ready once, however many subjects use it; a failure is everybody's failure. */
  builder(subject: Subject, send: (message: Message) => void): Promise<ReadyBuilder> {
    const nested = isNested(subject);
    return remember(this.#builders, `${builderKey(subject.builder)} ${nested}`, () =>
      readyBuilder(this.engine, this.input.owner, subject.builder, {
        onStep: (step) => send({ type: 'step', subject: subject.id, step }),
        onNote: (text) => send({ type: 'note', level: 'warning', text }),
        origins: this.input.catalog.origins,
        whenGone: this.input.catalog.whenGone,
        nested,
      }),
    );
  }

  /** The images that a Containerfile takes from outside; the same one is made ready once, as it is kept by digest. */
  bases(subject: Subject, builder: ReadyBuilder, send: (message: Message) => void): Promise<ReadyBase[]> {
    const onStep = (step: string): void => send({ type: 'step', subject: subject.id, step });
    return readyBases(this.engine, this.input.owner, { subject, builder, onStep });
  }

  /** The files of a lock, fetched once, however many subjects use them. */
  inputs(
    subject: Subject,
    builder: () => Promise<ReadyBuilder>,
    send: (message: Message) => void,
  ): Promise<PreparedInputs> {
    const key = `${subject.lock?.path ?? ''} ${subject.platform.architecture}`;
    return remember(this.#inputs, key, () =>
      prepareInputs(this.engine, this.input.owner, {
        catalog: this.input.catalog,
        subject,
        builder,
        onStep: (step) => send({ type: 'step', subject: subject.id, step }),
        onNote: (text) => send({ type: 'note', level: 'warning', text }),
      }),
    );
  }

  /** What variations can be applied with this builder here. */
  machine(builder: ReadyBuilder, send: (message: Message) => void): Promise<BuildHost> {
    return remember(this.#machines, builder.digest, async () => {
      const machine = await probeMachine(this.engine, this.input.owner, builder);
      if (machine.unlimitedMemory === true)
        send({ type: 'note', level: 'warning', text: `${NO_LIMITS}: limits.memory has no effect` });
      return machine;
    });
  }

  /** Asked only for recipes that have some. */
  knowsHereDocuments(builder: ReadyBuilder): Promise<boolean> {
    return remember(this.#hereDocuments, builder.digest, () =>
      probeHereDocuments(this.engine, this.input.owner, builder),
    );
  }

  treeDigest(path: string): Promise<string> {
    return remember(this.#trees, path, () => digestTree(path));
  }
}

function remember<T>(memory: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}
