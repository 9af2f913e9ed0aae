import type { CellResult, Header, Note, PlannedSubject, Terms, Twins } from './events.ts';
import type { PlannedCell } from './planned.ts';
import { type Run, cellId } from './reader.ts';

/** One log among those that results are made of. */
export interface RunInfo {
  header: Header;
  /** When it ended; null when it did not. */
  finished: string | null;
  /** Seconds of the whole run and of that in which at least one build ran; 0 when it did not end. */
  seconds: number;
  building: number;
}

/** What the catalog says of one cell. */
export interface PlannedTerms extends PlannedCell {
  terms: Terms;
}

/** What one or more logs come to; every report is made of this. */
export interface Results {
  catalog: Header['catalog'];
  harness: string;
  /** Oldest first. */
  runs: RunInfo[];
  /** All cells that were asked for, in the order of the catalog. */
  planned: PlannedCell[];
  /** What the catalog says of each cell of it, by `cellId`, in its order; null where a log does not say. */
  plan: Map<string, PlannedTerms> | null;
  /** By `cellId`. */
  cells: Map<string, CellResult>;
  twins: Map<string, Twins>;
  notes: Note[];
  /** Folder of the run whose evidence a subject's results rest on. */
  folders: Map<string, string>;
  /** Whether all logs have their footers. */
  ended: boolean;
}

/** Claims of the user's own, as the logs have them. */
export const suiteClaims = ({ runs }: Results): string[] =>
  runs.flatMap(({ header }) => (header.suites ?? []).flatMap(({ claims }) => claims.map(({ id }) => id)));

const termsById = (plan: readonly PlannedSubject[]): Map<string, PlannedTerms> =>
  new Map(
    plan.flatMap(({ subject, claims }) =>
      Object.entries(claims).map(([claim, terms]) => [cellId({ subject, claim }), { subject, claim, terms }]),
    ),
  );

/** The results of one log by itself, be it a shard or not. */
export function resultsOf(run: Run): Results {
  const { header, footer } = run;
  return {
    catalog: header.catalog,
    harness: header.harness,
    runs: [
      {
        header,
        finished: footer?.finished ?? null,
        seconds: footer?.seconds ?? 0,
        building: footer?.building ?? 0,
      },
    ],
    planned: header.cells,
    plan: header.plan === undefined ? null : termsById(header.plan),
    cells: run.cells,
    twins: run.twins,
    notes: run.notes,
    folders: new Map(header.cells.map(({ subject }) => [subject, run.folder])),
    ended: footer !== null,
  };
}
