import type { VariationSpec } from '../types.ts';

/** Address space randomisation: off in the first twin, as it is in all when this variation is not varied, on in the others. */
export const aslr: VariationSpec = ({ index, machine }) => {
  if (!machine.fixedAddresses) return { notApplied: 'the engine does not let builds switch it off' };
  return index === 0
    ? { value: 'off', markers: [], settings: {} }
    : { value: 'on', markers: [], settings: { personality: [] } };
};
