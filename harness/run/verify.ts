import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { arch, availableParallelism, release, type } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Catalog } from '../catalog/types.ts';
import { type Owner, currentOwner } from '../engine/owner.ts';
import { connectEngine } from '../engine/connect.ts';
import type { Engine } from '../engine/port.ts';
import { storageError } from '../engine/storage.ts';
import { ownerIsDead, sweep } from '../engine/sweep.ts';
import { readLocks } from '../lock/read-all.ts';
import { HARNESS_VERSION } from '../version.ts';
import { depthOf } from '../record/depth.ts';
import type { Header, PlannedSubject } from '../record/events.ts';
import { type PlannedCell, plannedDigest } from '../record/planned.ts';
import { type Run, readRun } from '../record/reader.ts';
import { resultsOf } from '../record/results.ts';
import type { Summary } from '../record/summary.ts';
import { RunWriter } from '../record/writer.ts';
import { jsonReport } from '../report/json.ts';
import { type ReportInput, reportInput } from '../report/input.ts';
import { markdownReport } from '../report/markdown.ts';
import { driveUntil } from './drive-until.ts';
import { driveVitest } from './drive.ts';
import { Recorder } from './recorder.ts';
import type { Message } from './messages.ts';
import type { RunInput } from './types.ts';
import { recordedSuites } from '../suites/with-suites.ts';
import type { Suite } from '../suites/types.ts';
import { sha256 } from '../model/digest.ts';
import type { Variation } from '../model/variations.ts';

export interface VerifyOptions {
  catalog: Catalog;
  /** Where it lies, for the record. */
  catalogPath: string;
  cells: { subject: string; claim: string }[];
  /** Suites of the user's that check some of them; none unless given. */
  suites?: readonly Suite[];
  /** The whole catalog, with what is left out; null for runs that are nobody's to gate. */
  plan: PlannedSubject[] | null;
  /** Git commit: what no input of changed since is left out. */
  changedSince: string | null;
  /** Claims that take long, and those of them that are to be left out; none unless given. */
  long?: { claims: readonly string[]; leftOut: readonly string[] };
  /** Runs are folders in here. */
  resultsFolder: string;
  jobs?: number;
  builds: number;
  keep: boolean;
  seed: number;
  /** `I/N`, and the cells of all shards together. */
  shard: { part: string; whole: PlannedCell[] } | null;
  vary: readonly Variation[];
  /** Folder of a run whose finished cells are taken over. */
  resume: string | null;
  onStart: (run: { folder: string; engine: Engine; owner: Owner; input: RunInput }) => void;
  onMessage: (message: Message) => void;
  /** Once aborted nothing more is recorded: what breaks from then on breaks because everything is being ended. */
  signal: AbortSignal;
  /** Ends the run, which then rejects as `interrupted`; nobody else cleans up after it. */
  stop?: AbortSignal;
}

const NOTHING_LONG = { claims: [], leftOut: [] };

export interface VerifyResult {
  folder: string;
  summary: Summary;
  run: Run;
}

/**
 * The main job: builds the subjects of the cells, checks the claims, records everything in `<results>/<run>/`.
 * @throws TwinproofError when the run as a whole could not begin (no engine, no space)
 */
export async function verify(options: VerifyOptions): Promise<VerifyResult> {
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
  return recorded(folder);
}

/** A change that touches nothing leaves a log as well, without which nobody could tell it from a catalog that lost its subjects. */
async function recordNothing(options: VerifyOptions): Promise<VerifyResult> {
  const run = runName();
  const folder = join(options.resultsFolder, run);
  const writer = new RunWriter(folder);
  try {
    writer.append(headerOf(run, null, options, null));
    new Recorder(writer).finish();
  } finally {
    writer.close();
  }
  return recorded(folder);
}

/** What a log comes to, and the reports beside it. */
async function recorded(folder: string): Promise<VerifyResult> {
  const run = await readRun(folder);
  const report = reportInput(resultsOf(run));
  await writeReports(folder, report);
  return { folder, summary: report.summary, run };
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

async function writeReports(folder: string, report: ReportInput): Promise<void> {
  try {
    await writeFile(join(folder, 'summary.json'), jsonReport(report.summary));
    await writeFile(join(folder, 'matrix.md'), markdownReport(report));
  } catch (cause) {
    throw storageError(`could not write the reports in ${folder}`, cause);
  }
}

/**
 * A lock that cannot be read is bad input, like a catalog that cannot: nothing is built before all are read, and all that
 * are wrong are told.
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

/** Sortable by time, unique between runs that start in the same second. */
function runName(): string {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

function headerOf(run: string, engine: Engine | null, options: VerifyOptions, previous: Run | null): Header {
  const { catalog, cells, seed, shard } = options;
  return {
    type: 'header',
    schema: 'twinproof/run/v1',
    run,
    started: new Date().toISOString(),
    harness: HARNESS_VERSION,
    catalog: { name: catalog.name, digest: catalogDigest(catalog), path: options.catalogPath },
    engine: engine === null ? null : { name: engine.name, version: engine.version },
    host: { os: type(), architecture: arch(), kernel: release(), cpus: availableParallelism() },
    seed,
    shard: shard?.part ?? null,
    ...depthOf(cells, options.long ?? NOTHING_LONG),
    cells: cells.map(({ subject, claim }) => ({ subject, claim })),
    ...(options.changedSince === null ? {} : { changedSince: options.changedSince }),
    ...(options.plan === null ? {} : { plan: options.plan }),
    ...recordedSuites(options.suites ?? []),
    ...(shard === null ? {} : { whole: { cells: shard.whole.length, digest: plannedDigest(shard.whole) } }),
    resumed: previous?.header.run ?? null,
  };
}

/** Digest of the catalog without where it lies: two checkouts of it have the same. */
export const catalogDigest = (catalog: Catalog): string => sha256(JSON.stringify(portable(catalog)));

function portable(catalog: Catalog): unknown {
  const text = JSON.stringify(
    { ...catalog, file: null, root: '', suites: undefined },
    (key, value: unknown) => (key === 'place' ? null : value),
  );
  return text.replaceAll(JSON.stringify(catalog.root).slice(1, -1), '');
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
    jobs: options.jobs ?? Math.max(1, Math.floor(engine.cpus / 2)),
    builds: options.builds,
    parallelTwins,
    keep: options.keep,
    seed: options.seed,
    vary: options.vary,
    harness: HARNESS_VERSION,
  };
}
