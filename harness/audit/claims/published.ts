import { ofRebuilds } from './rebuilt.ts';
import { type AuditClaim, finding } from './types.ts';

export const published: AuditClaim = {
  id: 'published',
  passes:
    'a rebuild from the recipe equals the published image, at the image ID unless `--rung` says otherwise',
  check: (audited) =>
    ofRebuilds(audited, ({ published: { equal, rung, twin, why }, self, twins, notes }) => {
      const details = [...why, ...notes];
      const config = twins.find(({ name }) => name === twin)?.config ?? '';
      if (equal) return finding('pass', `equal at ${rung}; image ID ${config}`, details);
      const head = self.equal
        ? 'self-consistent, but not what was published'
        : 'neither rebuild is what was published';
      const [first] = why;
      return finding(
        'fail',
        `${head} (first rung that holds: ${rung})${first === undefined ? '' : `; ${first}`}`,
        details,
      );
    }),
};
