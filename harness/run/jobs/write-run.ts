import { TwinproofError } from '../../errors.ts';
import type { CellResult, Header, Note, Twins } from '../../record/events.ts';
import { countVerdicts } from '../../record/summary.ts';
import { RunWriter } from '../../record/writer.ts';
import { type LeftRun, leaveReports } from '../leave-reports.ts';

/** All that a log holds. */
interface Whole {
  header: Header;
  notes: readonly Note[];
  twins: Iterable<Twins>;
  cells: readonly CellResult[];
  /** Seconds of the work, and of that in which at least one build ran. */
  seconds: number;
  building: number;
}

/** Writes a run's log at once, and its reports. */
export async function writeRun(folder: string, whole: Whole): Promise<LeftRun> {
  const { header, notes, twins, cells, seconds, building } = whole;
  if (cells.length < header.cells.length) throw new TwinproofError('internal', 'a cell was lost');
  const writer = new RunWriter(folder);
  try {
    for (const event of [header, ...notes, ...twins, ...cells]) writer.append(event);
    const finished = new Date().toISOString();
    writer.append({ type: 'footer', finished, counts: countVerdicts(cells), seconds, building });
  } finally {
    writer.close();
  }
  return leaveReports(folder);
}
