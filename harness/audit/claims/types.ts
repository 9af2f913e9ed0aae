import type { Chosen } from '../choose.ts';
import type { Evidence } from '../evidence.ts';
import type { Rebuild } from '../rebuild/types.ts';
import type { SourceFound } from '../source/types.ts';

/** What an audit can say of a claim. */
export const AUDIT_VERDICTS = ['pass', 'fail', 'error', 'unverified', 'not-checked', 'unsupported'] as const;
export type AuditVerdict = (typeof AUDIT_VERDICTS)[number];

/** What each verdict means, in Markdown; docs/audit.md has it. */
export const VERDICT_MEANINGS: Readonly<Record<AuditVerdict, string>> = {
  pass: 'checked, and it holds',
  fail: 'checked, and it does not hold',
  error:
    'the machine or a server kept it from being checked, or the rebuild itself could not be done; it says nothing about the image',
  unverified: 'nothing was found that could show it, or nothing was given to verify it with',
  'not-checked': 'what it rests on does not hold, or was not given',
  unsupported: 'Twinproof cannot check it',
};

export interface AuditFinding {
  verdict: AuditVerdict;
  /** One line. */
  summary: string;
  details: string[];
  /** What would be needed to check it; null where it was checked. */
  needed: string | null;
}

export interface AuditCase {
  evidence: Evidence;
  platforms: Chosen[];
  source: SourceFound;
  /** By platform; empty where nothing was to be rebuilt. */
  rebuilds: Rebuild[];
}

export interface AuditClaim {
  id: string;
  /** What it says, in Markdown; docs/audit.md has it. */
  passes: string;
  check: (audited: AuditCase) => AuditFinding | Promise<AuditFinding>;
}

export const finding = (
  verdict: AuditVerdict,
  summary: string,
  details: string[] = [],
  needed: string | null = null,
): AuditFinding => ({ verdict, summary, details, needed });
