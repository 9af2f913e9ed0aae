import { join } from 'node:path';
import { cellError } from '../../rebuild/cell-error.ts';
import { packInputs } from '../../rebuild/carried-inputs.ts';
import { TwinproofError } from '../../errors.ts';
import type { CellError } from '../../record/events.ts';
import type { Task } from '../../record/job.ts';
import { type SubjectWork, inScratch, openForSubject } from '../with-subject.ts';
import { makeJobFolder, writePrepared } from './folder.ts';
import { requireNoSuites, taskOf } from './task.ts';

export type JobWork = Pick<
  SubjectWork,
  'catalog' | 'subject' | 'seed' | 'vary' | 'builds' | 'onStart' | 'send'
>;

/** Folder of a job's inputs in that of `prepare`. */
export const inputsIn = (folder: string): string => join(folder, 'inputs');

/**
 * The job that comes first: fetches and verifies what a subject is built from, and says what that is. What a cell could
 * carry as its error is written down, for the job that makes cells.
 * @throws TwinproofError unsupported for a catalog with suites
 */
export async function prepareJob(
  work: JobWork,
  out: string,
): Promise<{ task: Task; error: CellError | null }> {
  requireNoSuites(work.catalog);
  await makeJobFolder(out);
  const session = await openForSubject({ ...work, command: 'job-prepare', runFolder: '' });
  const { subject, send } = work;
  const made = await inScratch(session, work, async (prepared) => {
    send({ type: 'step', subject: subject.id, step: 'packing the inputs' });
    const { lock, cached } = prepared;
    const { architecture } = subject.platform;
    if (lock !== null) await packInputs(lock, architecture, { cached, folder: inputsIn(out) });
    return { task: await taskOf(work, prepared), builder: prepared.builder.name, error: null };
  }).catch(async (cause: unknown) => {
    // Where the packed inputs cannot be written nobody could read the record either.
    if (cause instanceof TwinproofError && cause.code === 'storage') throw cause;
    return { task: await taskOf(work, null), builder: undefined, error: cellError(cause) };
  });
  const { task, builder, error } = made;
  await writePrepared(out, {
    schema: 'twinproof/prepared/v1',
    task,
    ...(builder === undefined ? {} : { builder }),
    ...(error === null ? {} : { error }),
  });
  return { task, error };
}
