import type { TwinBuild } from '../rebuild/types.ts';
import type { ClaimFiles, Subject } from '../catalog/types.ts';
import { isSystemClaim } from '../claims/registry.ts';
import { TwinproofError } from '../errors.ts';
import type { CellKey, CellResult } from '../record/events.ts';
import { buildTwins } from './build-twins.ts';
import { cellOf, failedCell } from './cell.ts';
import { judge } from './judge.ts';
import { keyOfClaim } from './key-of-claim.ts';
import { type Message, WAITING } from './messages.ts';
import { type Known, environmentsOf, keyOf } from './prepare-subject.ts';
import type { Session } from './session.ts';
import { takeOver } from './take-over.ts';
import { whySkipped } from './why-skipped.ts';
import { inScratch } from './with-subject.ts';

type Send = (message: Message) => void;

/** Twins of a subject: what they were built from, their key, and themselves. */
export interface SubjectTwins {
  known: Known;
  /** Null where it is only known once they are built. */
  key: CellKey | null;
  keyOf: (builds: readonly TwinBuild[]) => CellKey;
  builds: () => Promise<TwinBuild[]>;
}

/** Where they come from, and for how long they are there. */
export type TwinSource = <T>(
  session: Session,
  work: { subject: Subject; send: Send },
  use: (twins: SubjectTwins) => Promise<T>,
) => Promise<T>;

/** The jobs that build, in this process. */
const builtHere: TwinSource = (session, work, use) =>
  inScratch(session, work, async (prepared) => {
    const { subject, send } = work;
    const environments = await environmentsOf(session, prepared, send);
    const names = environments.map(({ record }) => record.twin);
    const step = names.length === 2 ? `building ${names.join(' and ')}` : `building ${names.length} times`;
    const key = keyOf(session, prepared, environments);
    return use({
      known: prepared,
      key,
      keyOf: () => key,
      builds: () => {
        send({ type: 'step', subject: subject.id, step });
        return buildTwins(session, prepared, environments);
      },
    });
  });

interface SubjectCells {
  subject: Subject;
  /** Those that are wanted. */
  claims: string[];
  send: Send;
  /** Built here unless given. */
  twins?: TwinSource;
}

/** Builds one subject and checks all its selected claims; sends what happens as messages. */
export class SubjectRun {
  readonly #session: Session;
  readonly #subject: Subject;
  readonly #claims: string[];
  readonly #send: Send;
  readonly #twins: TwinSource;
  #building: [number, number] | null = null;

  constructor(session: Session, { subject, claims, send, twins = builtHere }: SubjectCells) {
    this.#session = session;
    this.#subject = subject;
    this.#claims = claims;
    this.#send = send;
    this.#twins = twins;
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
    return cellOf(this.#subject, claim, { verdict: 'skipped', summary, detail: {}, evidence: [] });
  }

  async #check(claims: string[]): Promise<CellResult[]> {
    try {
      return await this.#twins(this.#session, { subject: this.#subject, send: this.#send }, (twins) =>
        this.#buildAndJudge(claims, twins),
      );
    } catch (cause) {
      // No cell can be made of what others built and what is not what it should be.
      if (cause instanceof TwinproofError && cause.code === 'record-invalid') throw cause;
      return claims.map((claim) => failedCell(this.#subject, claim, cause));
    }
  }

  async #buildAndJudge(claims: string[], twins: SubjectTwins): Promise<CellResult[]> {
    const session = this.#session;
    const { known } = twins;
    const cells =
      twins.key === null ? new Map<string, CellResult>() : await this.#takeOver(twins.key, known.claimFiles);
    const left = session.claims.only(claims.filter((claim) => !cells.has(claim)));
    if (left.length > 0) {
      this.#step(WAITING);
      const builds = await session.building.run(() => this.#timed(twins.builds));
      this.#step(WAITING);
      const key = twins.keyOf(builds);
      const limiter = left.some(isSystemClaim) ? session.booting : session.judging;
      // A log holds one record of a subject's builds; the one taken over with the cells stays.
      const record = cells.size === 0;
      const judged = { known, key, builds, claims: left, record };
      for (const cell of await limiter.run(() => judge(session, judged, this.#send)))
        cells.set(cell.claim, cell);
    }
    return [...cells.values()].filter(({ claim }) => claims.includes(claim));
  }

  #takeOver(key: CellKey, files: ClaimFiles): Promise<Map<string, CellResult>> {
    const keyFor = (id: string): CellKey | null => {
      const claim = this.#session.claims.find(id);
      return claim === undefined ? null : keyOfClaim(key, this.#subject, claim, files);
    };
    return takeOver(this.#session.input, this.#subject.id, keyFor, this.#send);
  }

  async #timed(build: () => Promise<TwinBuild[]>): Promise<TwinBuild[]> {
    const started = Date.now();
    try {
      return await build();
    } finally {
      this.#building = [started, Date.now()];
    }
  }

  #step(step: string): void {
    this.#send({ type: 'step', subject: this.#subject.id, step });
  }
}
