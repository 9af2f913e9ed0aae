import { optionsOf } from '../catalog/claims.ts';
import type { Subject } from '../catalog/types.ts';
import type { TwinEnvironment } from '../build/environment/types.ts';
import { type UnderTest, OnceUnderTest, startUnderTest } from '../boot/system/under-test.ts';
import { cellError } from '../build/cell-error.ts';
import type { TwinBuild } from '../build/types.ts';
import { waive } from '../claims/exemptions.ts';
import { firstBuild } from '../claims/failed-build.ts';
import { isSystemClaim, releasesFor } from '../claims/registry.ts';
import { inTurn } from '../claims/in-turn.ts';
import type { Claim, ClaimContext, Finding, LockedInputs } from '../claims/types.ts';
import { makeScratch, removeScratch } from '../engine/scratch.ts';
import { TwinproofError } from '../errors.ts';
import { openImage } from '../oci/open.ts';
import type { OciImage } from '../oci/types.ts';
import type { Build, CellKey, CellResult, Evidence } from '../record/events.ts';
import { keyDigest } from '../record/key.ts';
import { buildTwins } from './build-twins.ts';
import { keyOfClaim } from './key-of-claim.ts';
import { type Prepared, environmentsOf, keyOf, prepareSubject } from './prepare-subject.ts';
import type { Session } from './session.ts';
import { keepRecipe } from './recipe.ts';
import { whySkipped } from './why-skipped.ts';
import { takeOver } from './take-over.ts';
import { type Message, WAITING } from './messages.ts';

interface Plan {
  prepared: Prepared;
  environments: TwinEnvironment[];
  key: CellKey;
}

/** What the claim about power cuts asks for at least. */
const POWER_CUTS = 20;

/** Builds one subject and checks all its selected claims; sends what happens as messages. */
export class SubjectRun {
  readonly #session: Session;
  readonly #subject: Subject;
  readonly #claims: string[];
  readonly #send: (message: Message) => void;
  #building: [number, number] | null = null;

  constructor(session: Session, subject: Subject, claims: string[], send: (message: Message) => void) {
    this.#session = session;
    this.#subject = subject;
    this.#claims = claims;
    this.#send = send;
  }

  /** One result a claim, whatever goes wrong. */
  async results(): Promise<Map<string, CellResult>> {
    const reasons = new Map(this.#claims.map((claim) => [claim, this.#whySkipped(claim)]));
    const made = this.#claims.filter((claim) => reasons.get(claim) === null);
    const results = made.length === 0 ? [] : await this.#check(made);
    const skipped = [...reasons].flatMap(([claim, why]) => (why === null ? [] : this.#skipped(claim, why)));
    this.#send({ type: 'finished', subject: this.#subject.id, building: this.#building });
    return new Map([...results, ...skipped].map((result) => [result.claim, result]));
  }

  #whySkipped(claim: string): string | null {
    return whySkipped(claim, this.#subject.claims[claim], this.#session.input.leftOut);
  }

  #skipped(claim: string, summary: string): CellResult {
    return this.#cell(claim, { verdict: 'skipped', summary, detail: {}, evidence: [] }, null, 0);
  }

  async #check(claims: string[]): Promise<CellResult[]> {
    const { owner, keep } = this.#session.input;
    let scratch: string | undefined;
    let helper: Parameters<typeof removeScratch>[1];
    try {
      // The limiter comes first: subjects are then prepared, and so built, in the order of the catalog.
      const plan = await this.#session.preparing.run(async () => {
        scratch = await makeScratch(owner, this.#subject.id);
        return this.#plan(scratch);
      });
      helper = { engine: this.#session.engine, owner, image: plan.prepared.builder.image };
      const taken = await takeOver(
        this.#session,
        this.#subject.id,
        (id) => {
          const claim = this.#session.claims.find(id);
          return claim === undefined ? null : keyOfClaim(plan.key, this.#subject, claim);
        },
        this.#send,
      );
      const left = this.#session.claims.only(claims.filter((claim) => !taken.has(claim)));
      if (left.length > 0) {
        this.#step(WAITING);
        const builds = await this.#session.building.run(() => this.#buildAll(plan));
        this.#step(WAITING);
        const judge = () => this.#judgeAll(left, plan, { builds, sent: taken.size > 0 });
        const { judging, booting } = this.#session;
        const limiter = left.some(isSystemClaim) ? booting : judging;
        for (const result of await limiter.run(judge)) taken.set(result.claim, result);
      }
      return [...taken.values()].filter(({ claim }) => claims.includes(claim));
    } catch (cause) {
      const error = cellError(cause);
      const finding: Finding = { verdict: 'error', error, summary: error.message, detail: {}, evidence: [] };
      return claims.map((claim) => this.#cell(claim, finding, null, 0));
    } finally {
      if (!keep && scratch !== undefined) await removeScratch(scratch, helper);
    }
  }

  async #plan(scratch: string): Promise<Plan> {
    const prepared = await prepareSubject(this.#session, this.#subject, { scratch, send: this.#send });
    const environments = environmentsOf(this.#session, prepared);
    return { prepared, environments, key: keyOf(this.#session, prepared, environments) };
  }

  async #judgeAll(
    claims: Claim[],
    { prepared, key }: Plan,
    { builds, sent }: { builds: TwinBuild[]; sent: boolean },
  ): Promise<CellResult[]> {
    const images = new Map<string, Promise<OciImage>>();
    const image = (build: TwinBuild): Promise<OciImage> => {
      if (!build.outcome.built) throw new Error('no image');
      const opened = images.get(build.twin) ?? openImage(`oci:${build.outcome.layout}`);
      images.set(build.twin, opened);
      return opened;
    };
    try {
      const logs = await this.#keepLogs(builds);
      // A log holds one record of a subject's builds; the one taken over with the cells stays.
      if (!sent) await this.#sendTwins(prepared, builds, { logs, image });
      const buildEvidence = [...logs.values()];
      await using system = new OnceUnderTest(() => this.#startSystem(claims, builds, image));
      const onStep = (step: string): void => this.#step(step);
      const powerCuts = { count: POWER_CUTS, seed: this.#session.input.seed };
      const context = {
        ...prepared,
        key,
        builds,
        buildEvidence,
        image,
        system: system.get,
        locked: lockedInputs(prepared),
        powerCuts,
        onStep,
      };
      const results: CellResult[] = [];
      const check = (claim: Claim): Promise<CellResult> => this.#judge(claim, context);
      const isApart = (claim: Claim): boolean => isSystemClaim(claim) && claim.ownVm === true;
      for await (const result of inTurn(claims, { isApart, check })) results.push(result);
      return results;
    } finally {
      for (const opened of images.values()) await (await opened.catch(() => null))?.close();
    }
  }

  /** The first twin, put on a disk and started; without both twins there is nothing to start. */
  async #startSystem(
    claims: Claim[],
    builds: TwinBuild[],
    image: (build: TwinBuild) => Promise<OciImage>,
  ): Promise<UnderTest> {
    const first = firstBuild(builds);
    if ('error' in first) throw new TwinproofError(first.error.code, first.error.message);
    const { engine, input } = this.#session;
    const releases = releasesFor(claims);
    return startUnderTest(engine, input.owner, {
      image: await image(first.build),
      accelerator: 'auto',
      update: releases.has('next') ? 'synthetic' : null,
      badUpdates: releases.has('broken'),
      olderRelease: releases.has('older'),
      onStep: (step) => this.#step(step),
    });
  }

  async #buildAll({ prepared, environments }: Plan): Promise<TwinBuild[]> {
    const started = Date.now();
    const names = environments.map(({ record }) => record.twin);
    this.#step(names.length === 2 ? `building ${names.join(' and ')}` : `building ${names.length} times`);
    try {
      return await buildTwins(this.#session, prepared, environments);
    } finally {
      this.#building = [started, Date.now()];
    }
  }

  async #keepLogs(builds: TwinBuild[]): Promise<Map<string, Evidence>> {
    const logs = new Map<string, Evidence>();
    for (const { twin, log } of builds) {
      if (log !== null)
        logs.set(twin, await this.#session.evidence.addFile(`build log ${twin}`, log, 'text/plain'));
    }
    return logs;
  }

  /** Without it a statement about an image that failed, and so is nowhere, could not be checked against it. */
  #keepManifest({ twin }: TwinBuild, { manifest: { bytes, mediaType } }: OciImage): Promise<Evidence> {
    return this.#session.evidence.addBytes(`manifest ${twin}`, bytes, mediaType);
  }

  async #sendTwins(
    { builder, inputs }: Prepared,
    builds: TwinBuild[],
    { logs, image }: { logs: Map<string, Evidence>; image: (build: TwinBuild) => Promise<OciImage> },
  ): Promise<void> {
    const records: Build[] = [];
    for (const build of builds) {
      const opened = build.outcome.built ? await image(build) : null;
      records.push({
        twin: build.twin,
        environment: build.environment,
        started: build.started.toISOString(),
        seconds: build.seconds,
        built: build.outcome.built,
        networkAttempts: build.networkAttempts,
        manifest: opened?.manifest.digest ?? null,
        ...(opened === null ? {} : { manifestFile: await this.#keepManifest(build, opened) }),
        config: opened?.config.digest ?? null,
        log: logs.get(build.twin) ?? null,
        logDropped: build.logDropped,
      });
    }
    this.#send({
      type: 'twins',
      subject: this.#subject.id,
      sourceDateEpoch: this.#subject.sourceDateEpoch,
      builder: { name: builder.name, digest: builder.digest },
      inputs: { files: inputs.files, bytes: inputs.bytes },
      ...(await keepRecipe(this.#subject, this.#session.input.catalog.root, this.#session.evidence)),
      builds: records,
    });
  }

  async #judge(
    claim: Claim,
    context: Omit<ClaimContext, 'options' | 'engine' | 'owner' | 'evidence'> & { key: CellKey },
  ): Promise<CellResult> {
    const { id } = claim;
    const request = this.#subject.claims[id];
    if (request?.made !== true) throw new Error(`${id} is not claimed`);
    this.#step(`checking ${id}`);
    const { engine, evidence, input } = this.#session;
    const started = Date.now();
    const options = optionsOf(request);
    const finding = await claim
      .check({ ...context, options, engine, evidence, owner: input.owner })
      .catch((cause: unknown): Finding => {
        const error = cellError(cause);
        return { verdict: 'error', error, summary: error.message, detail: {}, evidence: [] };
      });
    const today = new Date(started).toISOString().slice(0, 10);
    const judged = waive(finding, id, { exemptions: this.#subject.exemptions, today });
    return this.#cell(
      id,
      judged,
      keyOfClaim(context.key, this.#subject, claim),
      (Date.now() - started) / 1000,
    );
  }

  #cell(claim: string, finding: Finding, key: CellKey | null, seconds: number): CellResult {
    const digest = key === null ? null : keyDigest(key);
    return { type: 'cell', subject: this.#subject.id, claim, key, keyDigest: digest, seconds, ...finding };
  }

  #step(step: string): void {
    this.#send({ type: 'step', subject: this.#subject.id, step });
  }
}

/** What the image is built from, for claims that hold what runs against it. */
const lockedInputs = ({ lock, inputs, subject }: Prepared): LockedInputs | null =>
  lock === null || inputs.folder === null
    ? null
    : { lock, architecture: subject.platform.architecture, folder: inputs.folder };
