import type { AxisSpec } from '../types.ts';

/** Address space randomisation: off in the first twin, as it is in all when this axis is not varied, on in the others. */
export const aslr: AxisSpec = ({ index, machine }) => {
  if (!machine.fixedAddresses) return { notApplied: 'the engine does not let builds switch it off' };
  return index === 0
    ? { value: 'off', planted: [], settings: {} }
    : { value: 'on', planted: [], settings: { personality: [] } };
};
