import { sha256 } from '../model/digest.ts';

export interface PlannedCell {
  subject: string;
  claim: string;
}

/** Names one list of planned cells, order included: shards of one run have the same whole. */
export const plannedDigest = (cells: readonly PlannedCell[]): string =>
  sha256(JSON.stringify(cells.map(({ subject, claim }) => [subject, claim])));
