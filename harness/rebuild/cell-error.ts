import { type CellErrorCode, CELL_ERROR_CODES, TwinproofError } from '../errors.ts';
import type { CellError } from '../record/events.ts';

/** The error a cell carries when something outside the subject broke. */
export function cellError(error: unknown): CellError {
  if (!(error instanceof TwinproofError)) {
    return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
  }
  const code = (CELL_ERROR_CODES as readonly string[]).includes(error.code)
    ? (error.code as CellErrorCode)
    : 'internal';
  return {
    code,
    message: error.where === undefined ? error.message : `${error.where}: ${error.message}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}
