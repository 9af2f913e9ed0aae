import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellError } from '../../rebuild/cell-error.ts';
import { unpackInputs } from '../../rebuild/carried-inputs.ts';
import type { TwinBuild } from '../../rebuild/types.ts';
import type { Catalog } from '../../catalog/types.ts';
import { storageError } from '../../engine/storage.ts';
import { TwinproofError } from '../../errors.ts';
import { digestOfFile } from '../../model/digest.ts';
import type { CellError } from '../../record/events.ts';
import type { BuiltRecord, PreparedRecord, TwinRecord } from '../../record/job.ts';
import { buildTwins } from '../build-twins.ts';
import { keepImage } from '../keep-image.ts';
import { type Prepared, environmentsOf } from '../prepare-subject.ts';
import type { Session } from '../session.ts';
import { type SubjectWork, inScratch, openForSubject } from '../with-subject.ts';
import { makeJobFolder, readPrepared, writeTwin } from './folder.ts';
import { inputsIn } from './prepare.ts';
import { requireSameTask, subjectOf, taskOf, twinsOf } from './task.ts';

export const IMAGE_FOLDER = 'image';
export const LOG_FILE = 'build.log';

export interface BuildJob extends Pick<SubjectWork, 'onStart' | 'send'> {
  /** Folder that `job prepare` left. */
  prepared: string;
  catalog: Catalog;
  twin: string;
  out: string;
}

/**
 * The job that builds one twin: leaves its image, its log and its record in a folder. A build that fails is in the record,
 * as are errors that a cell may carry.
 * @throws TwinproofError record-invalid where something else was prepared than is to be built here
 */
export async function buildJob(job: BuildJob): Promise<TwinRecord> {
  const prepared = await readPrepared(job.prepared);
  const { task } = prepared;
  if (!twinsOf(task).includes(job.twin)) {
    throw new TwinproofError('usage', `there is no twin ${job.twin}`, {
      hint: `name one of ${twinsOf(task).slice(0, 26).join(', ')} with --twin`,
    });
  }
  const subject = subjectOf(task, job.catalog, job.prepared);
  await makeJobFolder(job.out);
  const head = { schema: 'twinproof/twin/v2', task, twin: job.twin } as const;
  const outcome =
    prepared.error === undefined ? await build(job, { prepared, subject }) : { error: prepared.error };
  const record: TwinRecord =
    'build' in outcome ? { ...head, ...outcome } : { ...head, build: null, ...outcome };
  await writeTwin(job.out, record);
  return record;
}

type Outcome = { build: BuiltRecord } | { error: CellError };

async function build(
  job: BuildJob,
  { prepared: { task }, subject }: { prepared: PreparedRecord; subject: SubjectWork['subject'] },
): Promise<Outcome> {
  const carried = inputsIn(job.prepared);
  if (subject.lock !== null) await unpackInputs(carried, subject.lock.path, subject.platform.architecture);
  const { seed, vary, builds } = task;
  const work = { ...job, subject, seed, vary, builds, carried, command: 'job-build', runFolder: '' };
  const session = await openForSubject(work);
  return inScratch(session, work, async (prepared) => {
    requireSameTask(task, await taskOf(work, prepared), job.prepared);
    return { build: await buildOne(session, prepared, job) };
  }).catch((cause: unknown) => {
    if (cause instanceof TwinproofError && cause.code === 'record-invalid') throw cause;
    return { error: cellError(cause) };
  });
}

async function buildOne(
  session: Session,
  prepared: Prepared,
  { twin, out, send }: BuildJob,
): Promise<BuiltRecord> {
  const environments = await environmentsOf(session, prepared, send);
  send({ type: 'step', subject: prepared.subject.id, step: `building ${twin}` });
  const wanted = environments.filter(({ record }) => record.twin === twin);
  const [made] = await buildTwins(session, prepared, wanted);
  if (made === undefined) throw new Error('nothing was built');
  const image = await keepImage(made, prepared.scratch, join(out, IMAGE_FOLDER));
  return {
    environment: made.environment,
    host: made.host,
    started: made.started.toISOString(),
    seconds: made.seconds,
    manifest: image?.manifest ?? null,
    config: image?.config ?? null,
    ...(made.outcome.built ? {} : { error: made.outcome.error }),
    networkAttempts: made.networkAttempts,
    refused: made.refused,
    log: await keepLog(made, join(out, LOG_FILE)),
    logDropped: made.logDropped,
  };
}

async function keepLog({ log }: TwinBuild, target: string): Promise<string | null> {
  if (log === null) return null;
  await copyFile(log, target).catch((cause: unknown) => {
    throw storageError(`could not write ${target}`, cause);
  });
  return digestOfFile(target);
}
