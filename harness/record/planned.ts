import { createHash } from 'node:crypto';

export interface PlannedCell {
  subject: string;
  claim: string;
}

/** Names one list of planned cells, order included: shards of one run have the same whole. */
export const plannedDigest = (cells: readonly PlannedCell[]): string =>
  `sha256:${createHash('sha256')
    .update(JSON.stringify(cells.map(({ subject, claim }) => [subject, claim])))
    .digest('hex')}`;
