import type { Seen, DifferenceSite } from './types.ts';

/** Programs, their documentation, and settings of projects: what people write, by name. */
const EXTENSIONS =
  /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|inc|mm?|pyi?|pyx|pxd|rb|pl|t|php|[cm]?[jt]s|[jt]sx|java|kt|scala|groovy|go|rs|swift|cs|vb|lua|tcl|(?:ba|z|fi)?sh|el|lisp|scm|clj|l?hs|mli?|[eh]rl|exs?|r|jl|f90|f|s|asm|sql|proto|vue|s?css|less|md|markdown|rst|adoc|tex|texi|pot?|ya?ml|toml|cmake|mk|am|ac|m4|gradle|in)$/i;
const NAMES =
  /(?:^|\/)(?:(?:GNU)?Makefile|CMakeLists|Dockerfile|Containerfile|Rakefile|Gemfile|README|NEWS|CHANGE(?:S|LOG)|HISTORY|RELEASE|AUTHORS|COPYING|LICEN[CS]E|TODO|INSTALL)[^/]*$/i;
/** Tools write these in the same languages. */
const GENERATED =
  /(?:^|[/._-])(?:config|build|generated|autogen\w*|\w*targets|sysconfigdata\w*|buildinfo|compile\w*)(?:[/._-]|$)/i;

/** Settings of a system, which tools write as often as people do. */
const SETTINGS = /^(?:etc|var|run|root|srv)\/.*\.(?:ya?ml|toml|in)$/i;

const isWritten = (path: string): boolean =>
  !SETTINGS.test(path) &&
  (EXTENSIONS.test(path) || NAMES.test(path)) &&
  !GENERATED.test(path.split('/').at(-1) ?? '');

/** How a line says that a build wrote it. */
const SPEAKS =
  /\b(?:built|compiled|generated|packaged)[-_ ]?(?:on|at|by|date|time)\b|\bbuild[-_ ]?(?:date|time|stamp|host|user|id|path|dir|root|machine|info)|\b(?:compile|generation|creation|package)[-_ ]?(?:date|time|host|user)|time-?stamp|\/tmp\/|\/builds?\/|\/buildroot\/|<[\w. ]+ at 0x/i;
const TIME_OF_DAY = /\d{1,2}:\d{2}:\d{2}|\d{8}T\d{6}/;

/** What version control writes into a file when somebody changes it. */
export const KEYWORD = /\$(?:Id|Date|Header|Revision|Rev|LastChanged\w*|Author|Log)(?:: [^$]*)?\$/;

function speaks({ kind, a, b, lineA, lineB }: DifferenceSite): boolean {
  if (KEYWORD.test(lineA)) return false;
  if (SPEAKS.test(lineA) && SPEAKS.test(lineB)) return true;
  return kind === 'text' && TIME_OF_DAY.test(a) && TIME_OF_DAY.test(b);
}

/** Fewer items stand in any order by chance, or somebody moved one. */
const SHUFFLED = 8;

/** Length of the longest run of items that both have in the same order, not counting what stands between. */
function keptInOrder(a: readonly string[], b: readonly string[]): number {
  const places = Map.groupBy(b.keys(), (at) => b[at]);
  const ends: number[] = [];
  for (const item of a) {
    // From the last on, so that an item that is there twice counts once.
    for (const place of (places.get(item) ?? []).toReversed()) {
      const at = ends.findIndex((end) => end >= place);
      ends[at < 0 ? ends.length : at] = place;
    }
  }
  return ends.length;
}

const MOST = 500;

/** Most items stand elsewhere, as where a hash is walked; somebody who sorts or moves lines leaves most where they are. */
function isShuffled({ kind, a, b }: DifferenceSite): boolean {
  if (kind !== 'order') return false;
  const [one, other] = [a.split('\n'), b.split('\n')];
  return one.length >= SHUFFLED && one.length <= MOST && keptInOrder(one, other) <= one.length * 0.6;
}

/**
 * The text that somebody rather changed than that a build wrote it: in a file that people write, without a word that
 * speaks of a build. Nothing where the recipe names the file.
 */
export function writtenSites({ entry, sites, recipe }: Seen): Set<DifferenceSite> {
  const name = entry.path.split('/').at(-1) ?? '';
  if (!isWritten(entry.path) || (name !== '' && recipe.includes(name))) return new Set();
  return new Set(
    sites.filter(
      (site) => ['text', 'lines', 'order'].includes(site.kind) && !speaks(site) && !isShuffled(site),
    ),
  );
}
