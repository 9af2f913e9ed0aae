import { ofRebuilds } from './rebuilt.ts';
import { type AuditClaim, finding } from './types.ts';

export const selfConsistent: AuditClaim = {
  id: 'self-consistent',
  passes: 'two rebuilds from the recipe, in environments that differ, equal each other',
  check: (audited) =>
    ofRebuilds(audited, ({ self: { equal, rung, why }, twins }) => {
      const [first] = twins;
      return equal
        ? finding('pass', `equal at ${rung}; image ID ${first?.config ?? ''}`)
        : finding('fail', `the rebuilds differ (first rung that holds: ${rung}); ${why[0] ?? ''}`, why);
    }),
};
