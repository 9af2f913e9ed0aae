import { basename, dirname, join } from 'node:path';
import { type Owner, currentOwner } from '../engine/owner.ts';
import { connectEngine } from '../engine/connect.ts';
import type { Engine } from '../engine/port.ts';
import { ownerIsDead, sweep } from '../engine/sweep.ts';
import { readLocks } from '../lock/read-all.ts';
import { HARNESS_VERSION } from '../version.ts';
import { type Run, readRun } from '../record/reader.ts';
import { RunWriter } from '../record/writer.ts';
import { driveUntil } from './drive-until.ts';
import { driveVitest } from './drive.ts';
import { type Heading, NOTHING_LONG, headerOf, runName } from './header.ts';
import type { ClusterSettings } from '../kubernetes/settings.ts';
import { Recorder } from './recorder.ts';
import { type LeftRun, leaveReports } from './leave-reports.ts';
import type { Message } from './messages.ts';
import type { RunInput } from './types.ts';
import type { Variation } from '../model/variations.ts';

export interface VerifyOptions extends Heading {
  /** Runs are folders in here. */
  resultsFolder: string;
  jobs?: number;
  builds: number;
  keep: boolean;
  vary: readonly Variation[];
  /** Where twins are built; absent where that is this machine. */
  cluster?: ClusterSettings;
  /** Options that were said of the catalog from outside, as words. */
  catalogWords?: string[];
  /** Folder of a run whose finished cells are taken over. */
  resume: string | null;
  onStart: (run: { folder: string; engine: Engine; owner: Owner; input: RunInput }) => void;
  onMessage: (message: Message) => void;
  /** Once aborted nothing more is recorded: what breaks from then on breaks because everything is being ended. */
  signal: AbortSignal;
  /** Ends the run, which then rejects as `interrupted`; nobody else cleans up after it. */
  stop?: AbortSignal;
}

/**
 * The main job: builds the subjects of the cells, checks the claims, records everything in `<results>/<run>/`.
 * @throws TwinproofError when the run as a whole could not begin (no engine, no space)
 */
export async function verify(options: VerifyOptions): Promise<LeftRun> {
  if (options.cells.length === 0) return recordNothing(options);
  await checkLocks(options);
  const engine = await connectEngine();
  await sweep(engine, ownerIsDead);
  const previous = options.resume === null ? null : await readRun(options.resume);
  const run = runName();
  const folder = join(options.resultsFolder, run);
  const writer = new RunWriter(folder);
  try {
    writer.append(headerOf(run, engine, options, previous));
    const recorder = new Recorder(writer);
    const input: RunInput = {
      ...inputOf(run, folder, engine, options),
      previous: finishedCells(options.resume, previous),
    };
    options.onStart({ folder, engine, owner: input.owner, input });
    await driveWhileRecorded({ input, engine, stop: options.stop }, (message) => {
      if (options.signal.aborted) return;
      recorder.record(message);
      options.onMessage(message);
    });
    recorder.finish();
  } finally {
    writer.close();
  }
  return leaveReports(folder);
}

/** Subjects that are built in a cluster at the same time, where nobody says how many. */
const PODS = 8;

/** A change that touches nothing leaves a log as well, without which nobody could tell it from a catalog that lost its subjects. */
async function recordNothing(options: VerifyOptions): Promise<LeftRun> {
  const run = runName();
  const folder = join(options.resultsFolder, run);
  const writer = new RunWriter(folder);
  try {
    writer.append(headerOf(run, null, options, null));
    new Recorder(writer).finish();
  } finally {
    writer.close();
  }
  return leaveReports(folder);
}

/** Ends everything as soon as the log cannot be written: what is built then would be built for nothing. */
async function driveWhileRecorded(
  { input, engine, stop }: { input: RunInput; engine: Engine; stop: AbortSignal | undefined },
  record: (message: Message) => void,
): Promise<void> {
  const broken = Promise.withResolvers<never>();
  const onMessage = (message: Message): void => {
    try {
      record(message);
    } catch (cause) {
      broken.reject(cause);
    }
  };
  const driven =
    stop === undefined ? driveVitest(input, onMessage) : driveUntil(stop, { input, engine, onMessage });
  try {
    await Promise.race([driven, broken.promise]);
  } catch (cause) {
    await sweep(engine, (owner) => owner.run === input.owner.run);
    throw cause;
  }
}

/**
 * A lock that cannot be read is bad input, like a catalog that cannot: nothing is built before all are read, and all that
 * are wrong are reported.
 */
async function checkLocks({ catalog, cells }: VerifyOptions): Promise<void> {
  const wanted = new Set(cells.map(({ subject }) => subject));
  const locks = catalog.subjects
    .filter(({ id }) => wanted.has(id))
    .flatMap(({ lock, builder }) => [
      ...(lock === null ? [] : [lock.path]),
      ...(builder.kind === 'definition' ? [join(builder.path, 'debs.lock.yaml')] : []),
    ]);
  await readLocks([...new Set(locks)]);
}

/** What ended in `error` is run again: the machine may have been to blame. */
function finishedCells(folder: string | null, previous: Run | null): RunInput['previous'] {
  if (folder === null || previous === null) return null;
  const cells = [...previous.cells.values()].filter(({ verdict }) => verdict !== 'error');
  return {
    folder: basename(folder) === 'run.jsonl' ? dirname(folder) : folder,
    cells,
    twins: [...previous.twins.values()],
  };
}

function inputOf(
  run: string,
  folder: string,
  engine: Engine,
  options: VerifyOptions,
): Omit<RunInput, 'previous'> {
  // Two builds and little else keep two cores busy.
  const parallelTwins = engine.cpus >= 2;
  return {
    catalog: options.catalog,
    cells: options.cells,
    suites: options.suites ?? [],
    leftOut: (options.long ?? NOTHING_LONG).leftOut,
    runFolder: folder,
    owner: currentOwner(run),
    jobs: options.jobs ?? (options.cluster === undefined ? Math.max(1, Math.floor(engine.cpus / 2)) : PODS),
    ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
    ...(options.catalogWords === undefined ? {} : { catalogWords: options.catalogWords }),
    builds: options.builds,
    parallelTwins,
    keep: options.keep,
    seed: options.seed,
    vary: options.vary,
    harness: HARNESS_VERSION,
  };
}
