import type { AxisSpec } from '../types.ts';
import { number } from '../values.ts';

const PAGE = 4096;

export const NO_LIMITS = 'the engine does not limit what builds use of memory';

/** The limit of the build's control group: a little more than the subject's, never less. */
export const memory: AxisSpec = (twin) => {
  if (twin.machine.unlimitedMemory === true) return { notApplied: NO_LIMITS };
  const extra = number(twin, 'memory', { from: 1, to: 8192 }) * PAGE;
  const total = String(twin.memory + extra);
  return { value: `${total} bytes`, planted: [total], settings: { extraMemory: extra } };
};
