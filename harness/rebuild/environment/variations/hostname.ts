import type { VariationSpec } from '../types.ts';
import { tag } from '../values.ts';

/** The name that `uname -n`, /etc/hostname and HOSTNAME give. */
export const hostname: VariationSpec = (twin) => {
  const name = `host-${tag(twin, 'hostname')}`;
  return { value: name, markers: [name], settings: { hostname: name } };
};
