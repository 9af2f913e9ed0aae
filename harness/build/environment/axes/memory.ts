import type { AxisSpec } from '../types.ts';
import { number } from '../values.ts';

const PAGE = 4096;

/** The limit of the build's control group: a little more than the subject's, never less. */
export const memory: AxisSpec = (twin) => {
  const extra = number(twin, 'memory', { from: 1, to: 8192 }) * PAGE;
  const total = String(twin.memory + extra);
  return { value: `${total} bytes`, planted: [total], settings: { extraMemory: extra } };
};
