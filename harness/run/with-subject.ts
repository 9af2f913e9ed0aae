import type { Catalog, Subject } from '../catalog/types.ts';
import { connectEngine } from '../engine/connect.ts';
import { type Owner, currentOwner } from '../engine/owner.ts';
import type { Engine } from '../engine/port.ts';
import { makeScratch, removeScratch } from '../engine/scratch.ts';
import { ownerIsDead, sweep } from '../engine/sweep.ts';
import type { Variation } from '../model/variations.ts';
import { HARNESS_VERSION } from '../version.ts';
import type { Message } from './messages.ts';
import { type Prepared, prepareSubject } from './prepare-subject.ts';
import { Session } from './session.ts';

/** Work on one subject of a catalog, outside of a verification. */
export interface SubjectWork {
  /** Names the owner of containers and scratch folders. */
  command: string;
  catalog: Catalog;
  subject: Subject;
  /** For evidence; empty where none is kept. */
  runFolder: string;
  builds: number;
  seed: number;
  vary: readonly Variation[];
  /** Folder with inputs that another job fetched; absent where they are fetched here. */
  carried?: string;
  /** Claims that are reported as skipped, as they take long. */
  leftOut?: readonly string[];
  onStart: (run: { folder: string; engine: Engine | null; owner: Owner }) => void;
  send: (message: Message) => void;
}

/** A session for one subject; what processes that died left behind is removed first. */
export const openForSubject = async (work: SubjectWork): Promise<Session> =>
  openWith(work, { engine: await connectEngine(), present: true });

/** The same with an engine that may be none. */
export async function openWith(
  work: SubjectWork,
  { engine, present }: { engine: Engine; present: boolean },
): Promise<Session> {
  const used = present ? engine : null;
  await sweep(used, ownerIsDead);
  const owner = currentOwner(`${work.command}-${Date.now().toString(36)}-${process.pid}`);
  work.onStart({ folder: '', engine: used, owner });
  const input = {
    catalog: work.catalog,
    cells: [],
    leftOut: work.leftOut ?? [],
    suites: [],
    runFolder: work.runFolder,
    owner,
    jobs: 1,
    builds: work.builds,
    parallelTwins: engine.cpus >= 2,
    keep: false,
    seed: work.seed,
    vary: work.vary,
    harness: HARNESS_VERSION,
    previous: null,
    ...(work.carried === undefined ? {} : { carried: work.carried }),
  };
  return Session.open(input, { engine });
}

/** A session, a scratch folder in it, and the subject prepared there, until the work ends. */
export async function withSubject<T>(
  work: SubjectWork,
  use: (session: Session, prepared: Prepared) => Promise<T>,
): Promise<T> {
  const session = await openForSubject(work);
  return inScratch(session, work, (prepared) => use(session, prepared));
}

/** Prepares a subject in a scratch folder, which goes when the work ends, unless the run keeps it. */
export async function inScratch<T>(
  session: Session,
  { subject, send }: Pick<SubjectWork, 'subject' | 'send'>,
  use: (prepared: Prepared) => Promise<T>,
): Promise<T> {
  const prepare = (scratch: string): Promise<Prepared> => prepareSubject(session, subject, { scratch, send });
  return scratchFor(session, { label: subject.id, prepare, use, builder: ({ builder }) => builder.image });
}

interface InScratch<P, T> {
  label: string;
  prepare: (scratch: string) => Promise<P>;
  use: (prepared: P) => Promise<T>;
  /** Image that can remove what builds wrote as root; null where nothing is built. */
  builder: (prepared: P) => string | null;
}

/** A scratch folder with something prepared in it, until it has been used. */
export async function scratchFor<P, T>(
  session: Session,
  { label, prepare, use, builder }: InScratch<P, T>,
): Promise<T> {
  const { engine, input } = session;
  const { owner, keep } = input;
  let scratch: string | undefined;
  let helper: Parameters<typeof removeScratch>[1];
  try {
    // The limiter comes first: subjects are then prepared, and so built, in the order of the catalog.
    const prepared = await session.preparing.run(async () => {
      scratch = await makeScratch(owner, label);
      return prepare(scratch);
    });
    const image = builder(prepared);
    if (image !== null) helper = { engine, owner, image };
    return await use(prepared);
  } finally {
    if (!keep && scratch !== undefined) await removeScratch(scratch, helper);
  }
}
