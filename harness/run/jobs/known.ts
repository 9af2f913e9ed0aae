import type { Subject } from '../../catalog/types.ts';
import { TwinproofError } from '../../errors.ts';
import type { PreparedRecord } from '../../record/job.ts';
import { type Known, type Work, describe } from '../prepare-subject.ts';
import type { Session } from '../session.ts';

/**
 * What the builds of a subject are results of: recipe, lock and inputs as they are here, builder and bases as `job prepare`
 * recorded them. The builder is got ready only for a claim that runs it.
 * @param where folder of the record
 * @throws TwinproofError record-invalid for a record that says neither what was prepared nor why nothing was
 */
export async function knownOf(
  session: Session,
  { subject, record, where, ...work }: Work & { subject: Subject; record: PreparedRecord; where: string },
): Promise<Known> {
  const { builder: name, task } = record;
  if (name === undefined || task.from === null) {
    throw new TwinproofError('record-invalid', 'it says neither what was prepared nor why nothing was', {
      where,
      hint: 'run `twinproof job prepare` again',
    });
  }
  const builder = () => session.builder(subject, work.send);
  const { builder: digest, bases = {} } = task.from;
  return {
    ...(await describe(session, subject, { ...work, builder })),
    builder: { name, digest },
    bases: Object.entries(bases).map(([written, base]) => ({ written, digest: base })),
  };
}
