import { optionsOf } from '../catalog/claims.ts';
import type { Subject } from '../catalog/types.ts';
import type { ClaimDeclaration } from '../model/claim.ts';
import type { CellKey } from '../record/events.ts';

/**
 * What the catalog asks of a claim beyond its name: its options, and the smoke check where it needs one. Null when
 * nothing. A lock that it needs is part of every key anyhow.
 */
export function askedOf(
  { claims, smoke }: Subject,
  { id, needs }: ClaimDeclaration,
): NonNullable<CellKey['asked']> | null {
  const given = Object.entries(optionsOf(claims[id])).filter(([, value]) => value !== undefined);
  const asked = {
    ...Object.fromEntries(given),
    ...(needs === 'smoke' && smoke !== null ? { smoke: { ...smoke } } : {}),
  } as NonNullable<CellKey['asked']>;
  return Object.keys(asked).length === 0 ? null : asked;
}
