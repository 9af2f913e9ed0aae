import type { CellResult } from '../record/events.ts';
import { asList, asObject, asText } from './causes.ts';
import { type ReportInput, timesOf, toldCells } from './input.ts';
import { limited } from './limit.ts';

/** What an exemption comes to: it holds, its day is past, nothing fails that it is for, or more fails than it covers. */
export type ExemptionState = 'in force' | 'expired' | 'not needed' | 'not enough';

export interface ToldExemption {
  subject: string;
  claim: string;
  /** The paths, as a glob, or the cause that it is for; empty for all of the claim. */
  scope: string;
  reason: string;
  owner: string;
  /** `YYYY-MM-DD`, its last day. */
  expires: string;
  /** Differences that it covers. */
  covers: number;
  state: ExemptionState;
}

/** All exemptions that had to do with a decided cell, in the order of the catalog, those that need work first. */
export function exemptionsOf(input: ReportInput): ToldExemption[] {
  const today = timesOf(input).finished.slice(0, 10);
  const reported = toldCells(input).flatMap(({ result }) => (result === null ? [] : ofCell(result, today)));
  return reported.sort((a, b) => Number(a.state === 'in force') - Number(b.state === 'in force'));
}

const MAX_TEXT = 500;

const said = (value: Parameters<typeof asText>[0]): string => limited(asText(value), MAX_TEXT);

/** Its shape is that of `claims/exemptions.ts`; the log may come from anywhere. */
function ofCell(cell: CellResult, today: string): ToldExemption[] {
  return asList(cell.detail.exemptions).map((value) => {
    const { path, cause, reason, owner, expires, covers, expired } = asObject(value);
    const reported = {
      subject: cell.subject,
      claim: cell.claim,
      scope: said(path) || said(cause),
      reason: said(reason),
      owner: said(owner),
      expires: said(expires),
      covers: typeof covers === 'number' ? covers : 0,
    };
    // Logs from before `expired` was recorded: the day on which the run ended stands for that of the check.
    const past = typeof expired === 'boolean' ? expired : reported.expires < today;
    return { ...reported, state: stateOf(cell, reported.covers, past) };
  });
}

function stateOf({ verdict }: CellResult, covers: number, past: boolean): ExemptionState {
  if (verdict === 'waived') return 'in force';
  if (past) return 'expired';
  return covers === 0 ? 'not needed' : 'not enough';
}

/** What it is for, in words. */
export const scopeText = ({ scope }: ToldExemption): string => (scope === '' ? 'the whole claim' : scope);
