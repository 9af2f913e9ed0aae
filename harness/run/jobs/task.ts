import { digestTree } from '../../rebuild/source-digest.ts';
import type { Catalog, Subject } from '../../catalog/types.ts';
import { TwinproofError } from '../../errors.ts';
import type { Task } from '../../record/job.ts';
import { sha256 } from '../../model/digest.ts';
import { type Variation, VARIATIONS } from '../../model/variations.ts';
import { HARNESS_VERSION } from '../../version.ts';
import { catalogDigest } from '../header.ts';
import { type Known, keyStart, twinName } from '../prepare-subject.ts';

interface Asked {
  catalog: Catalog;
  subject: Subject;
  seed: number;
  vary: readonly Variation[];
  builds: number;
}

/** @throws TwinproofError unsupported: claims of the user's own are not carried to other machines */
export function requireNoSuites({
  file,
  root,
  suites = [],
}: Pick<Catalog, 'file' | 'root' | 'suites'>): void {
  if (suites.length === 0) return;
  throw new TwinproofError('unsupported', 'jobs do not check claims of suites of your own', {
    where: file ?? root,
    hint: 'use a catalog without `suites`, and check these with `npx twinproof verify`',
  });
}

/** @param prepared null where it could not be */
export async function taskOf(
  { catalog, subject, seed, vary, builds }: Asked,
  prepared: Known | null,
): Promise<Task> {
  return {
    subject: subject.id,
    catalog: catalogDigest(catalog),
    harness: HARNESS_VERSION,
    seed,
    vary: VARIATIONS.filter((variation) => vary.includes(variation)),
    builds,
    inputs: prepared === null ? null : await inputsDigest(prepared),
    from: prepared === null ? null : keyStart(prepared),
  };
}

/** What the key does not say of the inputs: how locked URLs are answered, and files that no checksum proves. */
async function inputsDigest({ inputs, network }: Known): Promise<string> {
  const { folder, unverified } = inputs;
  const files = folder === null || unverified.length === 0 ? null : await digestTree(folder);
  return sha256(JSON.stringify({ routes: network.plan.routes, files }));
}

/** Names of the builds that a task asks for. */
export const twinsOf = ({ builds }: Task): string[] =>
  Array.from({ length: builds }, (_, index) => twinName(index));

/** The subject of a task, in a catalog that must be the one that the task was made of. */
export function subjectOf(task: Task, catalog: Catalog, where: string): Subject {
  requireSameTask(task, { ...task, catalog: catalogDigest(catalog), harness: HARNESS_VERSION }, where);
  const subject = catalog.subjects.find(({ id }) => id === task.subject);
  if (subject !== undefined) return subject;
  throw new TwinproofError('record-invalid', `the catalog has no subject ${task.subject}`, { where });
}

/**
 * Nothing is taken from a job that was about something else.
 * @param where of the files that are refused
 * @throws TwinproofError record-invalid naming what is not the same
 */
export function requireSameTask(expected: Task, found: Task, where: string): void {
  const parts = (task: Task): Record<string, unknown> => ({ ...task, from: null, ...task.from });
  const [a, b] = [parts(expected), parts(found)];
  for (const name of Object.keys({ ...a, ...b })) {
    const [before, now] = [a[name], b[name]].map((value) => JSON.stringify(value ?? null));
    if (before === now) continue;
    const message = `another ${NAMES[name] ?? name}: ${before ?? ''} was prepared, here it is ${now ?? ''}`;
    throw new TwinproofError('record-invalid', message.slice(0, 600), {
      where,
      hint: 'run all jobs of a subject from one `job prepare`, in checkouts of one revision, by one version',
    });
  }
}

const NAMES: Record<string, string> = {
  vary: 'choice of variations',
  builds: 'number of builds',
  harness: 'version of the harness',
  inputs: 'state of the inputs',
  from: 'state of preparation',
  bases: 'choice of base images',
};
