import type { AxisSpec } from '../types.ts';
import { within } from '../reach.ts';
import { number, tag } from '../values.ts';

/**
 * USER and LOGNAME; for RUN instructions also a supplementary group. The user id stays 0: images are built as root,
 * and a mapping of ids outside is not seen inside.
 */
export const user: AxisSpec = (twin) => {
  const name = `user-${tag(twin, 'user')}`;
  const group = number(twin, 'user', { from: 1_000_000_000, to: 2_000_000_000 });
  return within(twin, {
    value: twin.recipe === 'command' ? name : `${name}, group ${group}`,
    planted: twin.recipe === 'command' ? [name] : [name, String(group)],
    settings: {
      variables: { USER: name, LOGNAME: name },
      ...(twin.recipe === 'command' ? {} : { groups: [group] }),
    },
  });
};
