import type { Catalog, ClaimRequest, Exemption, Subject } from '../catalog/types.ts';
import type { PlannedSubject, Terms } from '../record/events.ts';
import { cellId } from '../record/reader.ts';
import { askedOf } from './asked.ts';
import type { Cell } from './types.ts';
import { type ClaimDeclaration, LACKING } from '../model/claim.ts';
import type { Registry } from '../model/registry.ts';

type Bare = NonNullable<Terms['exemptions']>[number];

/** What a run takes of a catalog. */
interface Taken {
  /** Of all shards. */
  cells: readonly Cell[];
  /** Ids of the subjects of which no input changed. */
  untouched: ReadonlySet<string>;
  /** Claims that are among the cells and left out, as they take long. */
  long: readonly string[];
  /** All that can be claimed. */
  claims: Registry<ClaimDeclaration>;
}

/**
 * Every claim of every subject: what the catalog asks, what it allows, and why the run leaves out what it leaves out. A
 * gate tells by it what is gone from what was not looked at.
 */
export function wholePlan(
  { subjects }: Catalog,
  { cells, untouched, long, claims }: Taken,
): PlannedSubject[] {
  const taken = new Set(cells.map(({ subject, claim }) => cellId({ subject: subject.id, claim })));
  const leftOut = (subject: string, claim: string): Terms['leftOut'] => {
    if (taken.has(cellId({ subject, claim }))) return long.includes(claim) ? 'long' : undefined;
    return untouched.has(subject) ? 'untouched' : 'not-selected';
  };
  return subjects.map((subject) => ({
    subject: subject.id,
    claims: Object.fromEntries(
      Object.entries(subject.claims).map(([claim, request]) => [
        claim,
        termsOf(subject, { claim: claims.get(claim), request, leftOut: leftOut(subject.id, claim) }),
      ]),
    ),
  }));
}

function termsOf(
  subject: Subject,
  { claim, request, leftOut }: { claim: ClaimDeclaration; request: ClaimRequest; leftOut: Terms['leftOut'] },
): Terms {
  const notClaimed = whyNotClaimed(subject, claim, request);
  if (notClaimed !== null) return { notClaimed };
  const asked = askedOf(subject, claim);
  const exemptions = (subject.exemptions ?? [])
    .filter((exemption) => exemption.claim === claim.id)
    .map(bareExemption);
  return {
    ...(asked === null ? {} : { asked }),
    ...(exemptions.length === 0 ? {} : { exemptions }),
    ...(leftOut === undefined ? {} : { leftOut }),
  };
}

/** Without the claim, under which it stands. */
const bareExemption = ({ path, cause, reason, owner, expires }: Exemption): Bare => ({
  ...(path === undefined ? {} : { path }),
  ...(cause === undefined ? {} : { cause }),
  reason,
  owner,
  expires,
});

/** A claim that stands in the defaults comes to nothing where a subject does not say what it takes to check it. */
function whyNotClaimed(subject: Subject, { needs }: ClaimDeclaration, request: ClaimRequest): string | null {
  if (!request.made) return request.reason;
  return needs !== undefined && subject[needs] === null ? LACKING[needs] : null;
}
