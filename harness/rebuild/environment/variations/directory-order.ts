import type { VariationSpec } from '../types.ts';
import { within } from '../reach.ts';

/** The order in which folders list their entries: that of the file system, and the reverse (disorderfs(1)). */
export const directoryOrder: VariationSpec = (twin) => {
  if (twin.recipe === 'command')
    return { notApplied: 'a command may not mount, so its folders stay as they are' };
  if (!twin.machine.disorder) return { notApplied: 'disorderfs cannot be mounted (it needs /dev/fuse)' };
  const reversed = twin.index % 2 === 1;
  return within(twin, {
    value: reversed ? 'reversed' : 'as it is',
    markers: [],
    settings: { reversedDirectories: reversed },
  });
};
