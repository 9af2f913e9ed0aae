import type { CauseDefinition } from '../cause.ts';
import { claimOf } from '../claim.ts';
import type { DifferenceSite } from '../types.ts';

/** What a linker makes from the rest of the file. */
export function isBuildId({ name, part, kind }: DifferenceSite): boolean {
  return (
    (kind === 'field' && /build[-_. ]?id|debug ?link/i.test(name)) ||
    /\.note\.gnu\.build-id|\.gnu_debuglink|\.note\.go\.buildid/.test(part)
  );
}

/** ELF build-id or debug link. */
export const buildId: CauseDefinition = {
  id: 'build-id',
  covers: 'ELF build-id or debug link that follows from another cause, which is named too',
  fix: '-Wl,--build-id=sha1',
  provenBy: ['clock', 'build-path', 'tmpdir'],
  explain({ sites }) {
    const ids = sites.filter(isBuildId);
    const others = sites.length > ids.length;
    const why = others
      ? 'it follows from what else differs in the file'
      : 'nothing else differs: what differed when it was linked was stripped, such as debugging information with the build path';
    const fix = others
      ? 'goes away with the other cause (or -Wl,--build-id=none)'
      : 'compare the programs before they are stripped (often: -ffile-prefix-map="$PWD"=. in CFLAGS), or -Wl,--build-id=none';
    return claimOf(ids, 'likely', { why, fix });
  },
};
