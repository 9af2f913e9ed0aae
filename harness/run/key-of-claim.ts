import type { Subject } from '../catalog/types.ts';
import type { CellKey } from '../record/events.ts';

/** The key of one claim's result: that of the builds, and what the catalog asks of the claim beyond its name. */
export function keyOfClaim(builds: CellKey, { claims, smoke }: Subject, claim: string): CellKey {
  const request = claims[claim];
  const asked = {
    ...(request?.made === true && request.rung !== undefined ? { rung: request.rung } : {}),
    ...(request?.made === true && request.policy !== undefined ? { policy: request.policy } : {}),
    ...(claim === 'runs' && smoke !== null ? { smoke: { ...smoke } } : {}),
  };
  return Object.keys(asked).length === 0 ? builds : { ...builds, asked };
}
