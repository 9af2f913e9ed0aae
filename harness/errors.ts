/**
 * The closed set of ways in which something cannot be checked (docs/model.md).
 * The first group is what a cell may carry; the second only ends a command.
 */
export const CELL_ERROR_CODES = [
  'build-failed',
  'input-unavailable',
  'input-mismatch',
  'input-unverified',
  'builder-unresolved',
  'engine-unavailable',
  'unplaceable',
  'pod-failed',
  'timeout',
  'guest-unreachable',
  'unsupported',
  'catalog-invalid',
  'lock-invalid',
  'image-invalid',
  'unknown',
  'storage',
  'suite-failed',
  'internal',
] as const;

export const COMMAND_ERROR_CODES = ['usage', 'record-invalid', 'interrupted'] as const;

export type CommandErrorCode = (typeof COMMAND_ERROR_CODES)[number];

export type CellErrorCode = (typeof CELL_ERROR_CODES)[number];
export type ErrorCode = CellErrorCode | CommandErrorCode;

export interface ErrorDetails {
  /** Where it is wrong: `file:line:column`, or a path inside an archive. */
  where?: string;
  /** What the reader can do about it; one sentence or a command. */
  hint?: string;
  cause?: unknown;
}

/** What to do when the cache's disk is full. */
export const MORE_SPACE = 'free some space, or set TWINPROOF_CACHE to a folder on a larger disk';

/** A fault outside our own code: bad input, a missing tool, a broken environment. Never "it differs". */
export class TwinproofError extends Error {
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TwinproofError';
    this.code = code;
    this.where = details.where;
    this.hint = details.hint;
  }
}

/** One line: where, what, how to fix. */
export function errorLine(error: unknown): string {
  if (!(error instanceof TwinproofError)) {
    return `internal: ${error instanceof Error ? error.message : String(error)}`;
  }
  const where = error.where === undefined ? '' : `${error.where}: `;
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  return `${where}${error.code}: ${error.message}${hint}`;
}
