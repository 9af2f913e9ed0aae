import type { CellResult, Note, Twins } from '../record/events.ts';

/** Type of the Vitest annotations that carry messages from the suites to the process that records them. */
export const MESSAGE = 'twinproof';

/** The step of a subject that stands in a queue. */
export const WAITING = 'waiting';

/** What a subject is doing right now. */
interface Step {
  type: 'step';
  subject: string;
  step: string;
}

interface Finished {
  type: 'finished';
  subject: string;
  /** From when to when it was built, milliseconds since 1970. */
  building: [number, number] | null;
}

/** What the suites tell the process that records and shows the run. */
export type Message = Step | Note | Twins | CellResult | Finished;
