import type { VariationSpec } from '../types.ts';
import { number } from '../values.ts';

const PAGE = 4096;

export const NO_LIMITS = 'the engine does not limit what builds use of memory';

/** The limit of the build's control group: a little more than the subject's, never less. */
export const memory: VariationSpec = (twin) => {
  if (twin.machine.unlimitedMemory === true) return { notApplied: NO_LIMITS };
  // Even for one and odd for the next, so that no seed gives two twins the same.
  const extra = (2 * number(twin, 'memory', { from: 1, to: 4096 }) + (twin.index % 2)) * PAGE;
  const total = String(twin.memory + extra);
  return { value: `${total} bytes`, markers: [total], settings: { extraMemory: extra } };
};
