import type { AxisSpec } from '../types.ts';
import { tag } from '../values.ts';

/** The name that `uname -n`, /etc/hostname and HOSTNAME give. */
export const hostname: AxisSpec = (twin) => {
  const name = `host-${tag(twin, 'hostname')}`;
  return { value: name, planted: [name], settings: { hostname: name } };
};
