import { randomBytes } from 'node:crypto';
import { arch, availableParallelism, release, type } from 'node:os';
import type { Catalog } from '../catalog/types.ts';
import type { Engine } from '../engine/port.ts';
import { sha256 } from '../model/digest.ts';
import { depthOf } from '../record/depth.ts';
import type { Header, PlannedSubject } from '../record/events.ts';
import { type PlannedCell, plannedDigest } from '../record/planned.ts';
import type { Run } from '../record/reader.ts';
import { recordedSuites } from '../suites/with-suites.ts';
import type { Suite } from '../suites/types.ts';
import { HARNESS_VERSION } from '../version.ts';

/** What a run's header tells of what was asked for. */
export interface Heading {
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
  seed: number;
  /** `I/N`, and the cells of all shards together. */
  shard: { part: string; whole: PlannedCell[] } | null;
}

export const NOTHING_LONG = { claims: [], leftOut: [] };

/** Sortable by time, unique between runs that start in the same second. */
export function runName(): string {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

export function headerOf(
  run: string,
  engine: Pick<Engine, 'name' | 'version'> | null,
  options: Heading,
  previous: Run | null,
): Header {
  const { catalog, cells, seed, shard } = options;
  return {
    type: 'header',
    schema: 'twinproof/run/v2',
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
