import type { Header } from './events.ts';
import type { PlannedCell } from './planned.ts';

/** The least first. */
const DEPTHS = ['standard', 'thorough'] as const;

/** How thorough a run of these cells is; nothing where none of them takes long. */
export function depthOf(
  cells: readonly PlannedCell[],
  { claims, leftOut }: { claims: readonly string[]; leftOut: readonly string[] },
): Pick<Header, 'depth'> {
  const has = (ids: readonly string[]): boolean => cells.some(({ claim }) => ids.includes(claim));
  if (has(leftOut)) return { depth: 'standard' };
  return has(claims) ? { depth: 'thorough' } : {};
}

/** Several runs together are as thorough as the least of them; one with nothing that takes long does not matter. */
export function leastDepth(headers: readonly Pick<Header, 'depth'>[]): Pick<Header, 'depth'> {
  const depth = DEPTHS.find((each) => headers.some((header) => header.depth === each));
  return depth === undefined ? {} : { depth };
}
