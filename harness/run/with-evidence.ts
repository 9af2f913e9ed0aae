import { type CellErrorCode, type ErrorDetails, TwinproofError } from '../errors.ts';
import type { Evidence } from '../record/events.ts';

/** An error whose cells have something to show for it. */
export class ErrorWithEvidence extends TwinproofError {
  readonly evidence: Evidence[];

  constructor(code: CellErrorCode, message: string, details: ErrorDetails & { evidence: Evidence[] }) {
    super(code, message, details);
    this.evidence = details.evidence;
  }
}
