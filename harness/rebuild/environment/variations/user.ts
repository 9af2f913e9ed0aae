import type { VariationSpec } from '../types.ts';
import { within } from '../reach.ts';
import { number, tag } from '../values.ts';

/** As many a user namespace must map, for the group to be one. */
export const ENOUGH_GROUPS = 2_000_000_000;

/**
 * USER and LOGNAME; for RUN instructions also a supplementary group, where the engine has so many. The user id stays 0:
 * images are built as root, and a mapping of ids outside is not seen inside.
 */
export const user: VariationSpec = (twin) => {
  const name = `user-${tag(twin, 'user')}`;
  const group = number(twin, 'user', { from: 1_000_000_000, to: ENOUGH_GROUPS });
  const hasGroup = twin.recipe !== 'command' && twin.machine.fewGroups !== true;
  return within(twin, {
    value: hasGroup ? `${name}, group ${group}` : name,
    markers: hasGroup ? [name, String(group)] : [name],
    settings: {
      variables: { USER: name, LOGNAME: name },
      ...(hasGroup ? { groups: [group] } : {}),
    },
  });
};
