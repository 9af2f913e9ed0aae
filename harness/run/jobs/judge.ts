import { join } from 'node:path';
import { connectIfAny } from '../../engine/connect.ts';
import { unpackInputs } from '../../rebuild/carried-inputs.ts';
import type { TwinBuild } from '../../rebuild/types.ts';
import type { Catalog, Subject } from '../../catalog/types.ts';
import { CLAIMS, longClaims } from '../../claims/registry.ts';
import { TwinproofError } from '../../errors.ts';
import { planCells } from '../../plan/cells.ts';
import { wholePlan } from '../../plan/whole-plan.ts';
import type { CellError, Note, Twins } from '../../record/events.ts';
import type { PreparedRecord } from '../../record/job.ts';
import { headerOf, runName } from '../header.ts';
import type { LeftRun } from '../leave-reports.ts';
import type { Message } from '../messages.ts';
import { type Known, keyOf } from '../prepare-subject.ts';
import { covered } from '../recorder.ts';
import { SubjectRun, type TwinSource } from '../subject-run.ts';
import { type SubjectWork, openWith, scratchFor } from '../with-subject.ts';
import { readPrepared } from './folder.ts';
import { knownOf } from './known.ts';
import { inputsIn } from './prepare.ts';
import { type LeftTwin, readTwins, takeTwin } from './take-twin.ts';
import { requireSameTask, subjectOf, taskOf } from './task.ts';
import { writeRun } from './write-run.ts';

export interface JudgeJob extends Pick<SubjectWork, 'onStart' | 'send'> {
  /** Folder that `job prepare` left. */
  prepared: string;
  /** Folders that `job build` left. */
  twins: readonly string[];
  /** Where images are that are not in the folder of their twin, by its name. */
  images: ReadonlyMap<string, string>;
  catalog: Catalog;
  /** Where it lies, for the record. */
  catalogPath: string;
  /** Claims that are wanted; none means all. */
  claims: readonly string[];
  /** Claims that take long and are left out. */
  leftOut: readonly string[];
  /** Runs are folders in here. */
  results: string;
}

/** Twins of a subject, or why there are none. */
type Taken = { builds: TwinBuild[] } | { error: CellError };

/**
 * The job that decides: twins that were built anywhere become cells, in a run folder as `verify` leaves it.
 * @throws TwinproofError record-invalid where a twin, its image or its log is not what a build of this subject left
 */
export async function judgeJob(job: JudgeJob): Promise<LeftRun> {
  const started = Date.now();
  const prepared = await readPrepared(job.prepared);
  const subject = subjectOf(prepared.task, job.catalog, job.prepared);
  const left = await readTwins(prepared.task, job.twins, job.images);
  const heading = await headingOf(job, prepared, subject);
  const taken = await takeAll(prepared, left, subject);
  const carried = inputsIn(job.prepared);
  if (subject.lock !== null) await unpackInputs(carried, subject.lock.path, subject.platform.architecture);

  const run = runName();
  const folder = join(job.results, run);
  const { seed, vary, builds } = prepared.task;
  const work = { ...job, subject, seed, vary, builds, carried, command: 'job-judge', runFolder: folder };
  const connected = await connectIfAny();
  const session = await openWith(work, connected);
  const header = headerOf(run, connected.present ? connected.engine : null, heading, null);
  const messages: Message[] = [];
  const send = (message: Message): void => {
    messages.push(message);
    job.send(message);
  };
  const claims = header.cells.map(({ claim }) => claim);
  const twins = sourceOf(job, { prepared, taken });
  const cells = await new SubjectRun(session, { subject, claims, send, twins }).results();
  return writeRun(folder, {
    header,
    notes: distinctNotes(messages),
    twins: messages.filter((message): message is Twins => message.type === 'twins'),
    cells: claims.flatMap((claim) => cells.get(claim) ?? []),
    seconds: (Date.now() - started) / 1000,
    building: secondsOf(taken),
  });
}

async function headingOf(
  job: JudgeJob,
  { task }: PreparedRecord,
  subject: Subject,
): Promise<Parameters<typeof headerOf>[2]> {
  const { catalog, catalogPath, leftOut } = job;
  const { cells } = await planCells(catalog, { images: [subject.id], claims: job.claims });
  return {
    catalog,
    catalogPath,
    cells: cells.map(({ claim }) => ({ subject: subject.id, claim })),
    plan: wholePlan(catalog, { cells, untouched: new Set(), long: leftOut, claims: CLAIMS }),
    changedSince: null,
    long: { claims: longClaims(CLAIMS), leftOut },
    seed: task.seed,
    shard: null,
  };
}

async function takeAll(
  { error }: PreparedRecord,
  left: readonly LeftTwin[],
  subject: Subject,
): Promise<Taken> {
  if (error !== undefined) return { error };
  const builds: TwinBuild[] = [];
  for (const twin of left) {
    const { build, error: failed } = twin.record;
    if (failed !== undefined) return { error: failed };
    if (build !== null) builds.push(await takeTwin(twin, build, subject));
  }
  return { builds };
}

/** The twins that were taken, once it is sure that they were built from what is here. */
function sourceOf(
  job: JudgeJob,
  { prepared: record, taken }: { prepared: PreparedRecord; taken: Taken },
): TwinSource {
  const { catalog, prepared: where } = job;
  return (session, { subject, send }, use) => {
    if ('error' in taken) {
      const { code, message, hint } = taken.error;
      throw new TwinproofError(code, message, hint === undefined ? {} : { hint });
    }
    const { builds } = taken;
    const prepare = (scratch: string): Promise<Known> =>
      knownOf(session, { subject, scratch, send, record, where });
    return scratchFor(session, {
      label: subject.id,
      prepare,
      builder: () => null,
      use: async (known) => {
        requireSameTask(record.task, await taskOf({ ...record.task, catalog, subject }, known), where);
        const environments = builds.map(({ twin, environment }) => ({
          record: { twin, variations: environment },
        }));
        const key = keyOf(session, known, environments);
        return use({ known, key, keyOf: () => key, builds: () => Promise.resolve(builds) });
      },
    });
  };
}

function distinctNotes(messages: readonly Message[]): Note[] {
  const notes = messages.filter((message) => message.type === 'note');
  return [...new Map(notes.map((note) => [note.text, note])).values()];
}

function secondsOf(taken: Taken): number {
  if ('error' in taken) return 0;
  return (
    covered(
      taken.builds.map(({ started, seconds }) => [started.getTime(), started.getTime() + seconds * 1000]),
    ) / 1000
  );
}
