/** What building leaves behind and running does not need, by what left it. */
const LEFTOVERS: { what: string; pattern: RegExp }[] = [
  { what: 'package index of apt', pattern: /^var\/lib\/apt\/lists\/(?!lock$|partial$|auxfiles$)./ },
  { what: 'package in the cache of apt', pattern: /^var\/cache\/apt\/.+\.(?:deb|bin)$/ },
  { what: 'cache of dnf', pattern: /^var\/cache\/(?:dnf|libdnf5|yum)\/./ },
  { what: 'cache of apk', pattern: /^(?:var\/cache|etc)\/apk\/(?:cache\/)?[^/]+\.(?:apk|tar\.gz)$/ },
  { what: 'cache of zypper', pattern: /^var\/cache\/zypp\/./ },
  { what: 'package in the cache of pacman', pattern: /^var\/cache\/pacman\/pkg\/./ },
  {
    what: 'sources that cargo or go has fetched',
    pattern: /^(?:root|home\/[^/]+|usr\/local|go)\/(?:\.?cargo\/registry|(?:go\/)?pkg\/mod\/cache)\/./,
  },
  { what: 'core dump', pattern: /^(?:[^/]+\/)*core\.\d+$/ },
  { what: 'cache of a user', pattern: /^(?:root|home\/[^/]+)\/(?:\.cache|\.npm\/_cacache)\/./ },
  { what: 'history of a shell', pattern: /^(?:root|home\/[^/]+)\/\.(?:bash|zsh|python|sh)_history$/ },
  { what: 'log', pattern: /^var\/log\/./ },
  { what: 'temporary file', pattern: /^(?:var\/)?tmp\/./ },
];

/** What left a file behind; null for one that belongs here. Empty files are no leftovers: they mark places. */
export function leftover(path: string, size: number): string | null {
  return size === 0 ? null : (LEFTOVERS.find(({ pattern }) => pattern.test(path))?.what ?? null);
}
