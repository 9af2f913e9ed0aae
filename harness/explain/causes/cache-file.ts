import type { Confidence, Explainer } from '../types.ts';
import { wholeClaim } from '../whole.ts';

/** Path, what it is, and how sure that alone makes it. */
const CACHES: readonly [RegExp, string, Confidence][] = [
  [
    /(?:^|\/)var\/cache\/ldconfig\/aux-cache$/,
    "ldconfig's private cache, with inode numbers and times",
    'exact',
  ],
  [/(?:^|\/)var\/lib\/apt\/(?:lists|periodic)\//, "apt's package lists", 'likely'],
  [/(?:^|\/)var\/cache\/apt\/|(?:^|\/)var\/lib\/apt\/extended_states$/, "apt's cache", 'likely'],
  [
    /(?:^|\/)var\/cache\/(?:dnf|libdnf5|yum)\/|(?:^|\/)var\/lib\/dnf\/repos\/|\/countme$/,
    "dnf's cache",
    'likely',
  ],
  [/(?:^|\/)(?:var\/cache\/apk|etc\/apk\/cache)\//, "apk's cache", 'likely'],
  [/(?:^|\/)var\/cache\/(?:fontconfig|man|debconf)\/|\/\.uuid$|\.cache-\d+$/, 'a cache', 'likely'],
  [
    /(?:^|\/)\.npm\/_cacache\/|(?:^|\/)(?:node-compile-cache|v8-compile-cache[^/]*)\/|(?:^|\/)\.npm\/_(?:update|prebuilds)/,
    "npm's cache",
    'likely',
  ],
  [/(?:^|\/)\.cache\/|(?:^|\/)\.?ccache\//, 'a cache', 'likely'],
  [
    /(?:^|\/)(?:\.cargo\/registry|\.gradle\/caches|\.m2\/repository\/.*\.lastUpdated|go\/pkg\/mod\/cache|\.bundle\/cache)(?:\/|$)/,
    'a package manager cache',
    'likely',
  ],
  [
    /(?:^|\/)(?:icon-theme\.cache|mimeinfo\.cache|gschemas\.compiled|giomodule\.cache)$/,
    'a desktop cache',
    'likely',
  ],
  [/(?:^|\/)var\/cache\//, 'a cache', 'likely'],
];

/** Caches and lists that tools leave behind. */
export const cacheFile: Explainer = {
  id: 'cache-file',
  explain(seen) {
    const { path } = seen.entry;
    const found = CACHES.find(([pattern]) => pattern.test(path));
    if (found === undefined) return null;
    const [, why, confidence] = found;
    return wholeClaim(seen, { confidence, why, fix: `rm -rf /${path}` });
  },
};
