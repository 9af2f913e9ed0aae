import type { CauseDefinition } from '../cause.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { DifferenceSite } from '../types.ts';
import { wholeClaim } from '../whole.ts';
import type { Confidence } from '../../model/confidence.ts';

/** Path, and what it is. */
const CACHES: readonly [RegExp, string][] = [
  [/(?:^|\/)var\/cache\/ldconfig\/aux-cache$/, "ldconfig's private cache, with inode numbers and times"],
  [/(?:^|\/)var\/lib\/apt\/(?:lists|periodic)\//, "apt's package lists"],
  [/(?:^|\/)var\/cache\/apt\/|(?:^|\/)var\/lib\/apt\/extended_states$/, "apt's cache"],
  [/(?:^|\/)var\/cache\/(?:dnf|libdnf5|yum)\/|(?:^|\/)var\/lib\/dnf\/repos\/|\/countme$/, "dnf's cache"],
  [/(?:^|\/)(?:var\/cache\/apk|etc\/apk\/cache)\//, "apk's cache"],
  [/(?:^|\/)var\/cache\/(?:fontconfig|man|debconf)\/|\/\.uuid$|\.cache-\d+$/, 'a cache'],
  [
    /(?:^|\/)\.npm\/_cacache\/|(?:^|\/)(?:node-compile-cache|v8-compile-cache[^/]*)\/|(?:^|\/)\.npm\/_(?:update|prebuilds)/,
    "npm's cache",
  ],
  [/(?:^|\/)\.cache\/|(?:^|\/)\.?ccache\//, 'a cache'],
  [
    /(?:^|\/)(?:\.cargo\/registry|\.gradle\/caches|\.m2\/repository\/.*\.lastUpdated|go\/pkg\/mod\/cache|\.bundle\/cache)(?:\/|$)/,
    'a package manager cache',
  ],
  [/(?:^|\/)(?:icon-theme\.cache|mimeinfo\.cache|gschemas\.compiled|giomodule\.cache)$/, 'a desktop cache'],
  [/(?:^|\/)var\/cache\//, 'a cache'],
];

/** Inode, change time, size or device of a library, or their order, as ldconfig keeps them. */
const isAuxCache = ({ format, kind }: DifferenceSite): boolean =>
  (format === 'ldconfig-aux-cache' || format === 'library') && (kind === 'field' || kind === 'order');

/** Caches and lists that tools leave behind. */
export const cacheFile: CauseDefinition = {
  id: 'cache-file',
  covers: 'ldconfig aux-cache, apt/dnf/apk/fontconfig/npm/pip caches and lists',
  fix: 'remove the cache in the instruction that fills it',
  rewrites: [{ kind: 'remove', does: 'rm -rf' }],
  explain(seen) {
    const { path } = seen.entry;
    const found = CACHES.find(([pattern]) => pattern.test(path));
    if (found === undefined) return null;
    const [, why] = found;
    // A path alone says what a file is for, not what is in it.
    const known = seen.sites.length > 0 && seen.sites.every(isAuxCache);
    const confidence: Confidence = known ? 'exact' : 'likely';
    return wholeClaim(seen, { confidence, why, fix: `rm -rf ${shellWord(`/${path}`)}` });
  },
};
