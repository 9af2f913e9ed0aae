import type { Subject } from '../catalog/types.ts';
import type { CellKey } from '../record/events.ts';

/** What the catalog asks of a claim beyond its name; null when nothing. */
export function askedOf({ claims, smoke }: Subject, claim: string): NonNullable<CellKey['asked']> | null {
  const request = claims[claim];
  const asked = {
    ...(request?.made === true && request.rung !== undefined ? { rung: request.rung } : {}),
    ...(request?.made === true && request.policy !== undefined ? { policy: request.policy } : {}),
    ...(claim === 'runs' && smoke !== null ? { smoke: { ...smoke } } : {}),
  };
  return Object.keys(asked).length === 0 ? null : asked;
}
