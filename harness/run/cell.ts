import { ErrorWithEvidence } from './with-evidence.ts';
import { cellError } from '../rebuild/cell-error.ts';
import type { Subject } from '../catalog/types.ts';
import type { Finding } from '../claims/types.ts';
import type { CellKey, CellResult } from '../record/events.ts';
import type { Placement } from '../record/host.ts';
import { keyDigest } from '../record/key.ts';

/** One line of the log. @param key null where nothing was checked */
export function cellOf(
  { id }: Pick<Subject, 'id'>,
  claim: string,
  finding: Finding,
  checked: { key: CellKey; seconds: number; placement: Placement | null } | null = null,
): CellResult {
  const key = checked?.key ?? null;
  const digest = key === null ? null : keyDigest(key);
  const seconds = checked?.seconds ?? 0;
  const placement = checked?.placement ?? null;
  const apart = placement === null ? {} : { placement };
  return { type: 'cell', subject: id, claim, key, keyDigest: digest, ...apart, seconds, ...finding };
}

/** What a claim comes to where something outside of the subject broke. */
export function failedFinding(cause: unknown): Finding {
  const error = cellError(cause);
  const evidence = cause instanceof ErrorWithEvidence ? cause.evidence : [];
  return { verdict: 'error', error, summary: error.message, detail: {}, evidence };
}

/** A claim that was not checked since something before it broke. */
export const failedCell = (subject: Subject, claim: string, cause: unknown): CellResult =>
  cellOf(subject, claim, failedFinding(cause));
