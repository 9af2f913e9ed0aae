import { TwinproofError } from '../errors.ts';
import type { CellChange } from './compare.ts';
import type { Change } from './kind.ts';

/** Changes of what the catalog says; each of them stops a merge until somebody allows it by name. */
export const ALLOWABLE = ['withdrawn', 'gone', 'exempted', 'lowered'] as const satisfies Change[];

/** One change that is meant. */
export interface Allowance {
  /** As it was written. */
  text: string;
  change: (typeof ALLOWABLE)[number];
  subject: string;
  /** Null: every claim of a subject that is gone. */
  claim: string | null;
}

/**
 * Reads `KIND:SUBJECT/CLAIM`, or `gone:SUBJECT`.
 * @param isSubject whether either run knows a subject; its id may hold slashes as well
 * @throws TwinproofError `usage`
 */
export function parseAllowance(text: string, isSubject: (id: string) => boolean): Allowance {
  const colon = text.indexOf(':');
  const change = ALLOWABLE.find((kind) => kind === text.slice(0, Math.max(0, colon)));
  const name = text.slice(colon + 1);
  if (change === undefined) throw wrong(text, `write KIND:SUBJECT/CLAIM; kinds are ${ALLOWABLE.join(', ')}`);
  if (isSubject(name)) {
    if (change === 'gone') return { text, change, subject: name, claim: null };
    throw wrong(text, `name the claim, too: ${text}/CLAIM`);
  }
  const slash = name.lastIndexOf('/');
  const [subject, claim] = [name.slice(0, Math.max(0, slash)), name.slice(slash + 1)];
  if (isSubject(subject) && claim !== '') return { text, change, subject, claim };
  throw wrong(text, 'neither run knows such a subject; write its whole id, image/variant@os/arch');
}

const wrong = (text: string, hint: string): TwinproofError =>
  new TwinproofError('usage', `--allow ${text} names no change`, { hint });

export const allows = (allowance: Allowance, { change, subject, claim }: CellChange): boolean =>
  allowance.change === change &&
  allowance.subject === subject &&
  (allowance.claim === null || allowance.claim === claim);
